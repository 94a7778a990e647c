# What jobs that look into networks read, and what they are told.


def look_inputs(w):
    """What a method of interpretation reads."""
    look = LOOKS.looks[w.network, w.method]
    files = {key: prepared(look.dataset)[key] for key in ("images", "split", "table")}
    files |= {"weights": first_weights(look.network), "classes": network_data(look.network)}
    if "extremes" in look.images:
        first = ATLAS.seeds(look.network)[0]
        files["extremes"] = f"results/{RUN}/evaluation/{look.network}/seed{first}/extremes.csv"
    if look.second:
        files["second"] = first_weights(look.second)
    defining = [f for name in (look.network, look.second) if name for f in network_files(name)]
    method = f"scripts/cnnatlas/interpretation/methods/{look.method}.py"
    return files | {"sources": sources("scripts/interpret.py", method, *dict.fromkeys(defining), env="compute")}


def look_spec(w):
    """What a method of interpretation is told."""
    look = LOOKS.looks[w.network, w.method]
    own = SPECS.get(look.network, {"dataset": None, "device": "auto", "threads": 1})
    resolution = LOOKS.pretrained["resolution"] if look.network in PRETRAINED else None
    return {
        "device": own["device"],
        "images": look.images,
        "method": look.method,
        "network": network_spec(look.network),
        "options": look.options,
        "record": look_record(look),
        "resolution": own["resolution"] if own["dataset"] == look.dataset else resolution,
        "second": network_spec(look.second) if look.second else None,
        "targets": look.targets,
        "threads": own["threads"],
    }


def look_record(look):
    """What the record of a look says beside its images."""
    titles = {name: ATLAS.titles.get(name) or PRETRAINED[name]["title"] for name in (look.network, look.second) if name}
    return {
        "dataset": look.dataset,
        "method": look.method,
        "network": look.network,
        "options": look.options,
        "second": titles.get(look.second),
        "title": titles[look.network],
    }


def summary_inputs(w):
    """What the sentences on one method and network are made from."""
    folder = f"results/{RUN}/interpretation/{w.network}/{w.method}"
    words = f"scripts/cnnatlas/interpretation/sentences/{SUMMARIES[w.method]}.py"
    files = {"arrays": f"{folder}/arrays.npz", "record": f"{folder}/record.json"}
    if w.method == "response":
        files["masks"] = f"resources/{COLLECTION}/{LOOKS.looks[w.network, w.method].dataset}/masks.npz"
    return files | {"sources": sources("scripts/summarise.py", words, env="analysis")}


def audit_sources(w):
    """What an audit of attribution methods is made of."""
    methods = [
        f"scripts/cnnatlas/interpretation/methods/{name}.py" for name in sorted(LOOKS.audit[w.network]["methods"])
    ]
    return sources("scripts/audit_attribution.py", *methods, *network_files(w.network), env="compute")


def audited_spec(w):
    """What the audit of a network's attribution methods is told."""
    entry, own = LOOKS.audit[w.network], SPECS[w.network]
    options = {method: {key: chosen[key] for key in sorted(chosen)} for method, chosen in entry["methods"].items()}
    return {
        "device": own["device"],
        "images": entry["images"],
        "methods": {method: options[method] for method in sorted(options)},
        "network": network_spec(w.network),
        "threads": own["threads"],
    }


def network_spec(name):
    """What a job needs to open a network; the architecture is None for one of torchvision's."""
    spec = SPECS.get(name, {"architecture": None, "resolution": LOOKS.pretrained["resolution"]})
    return {"architecture": spec["architecture"], "name": name, "resolution": spec["resolution"]}


def network_data(name):
    """The dataset.json that names a network's own classes; any of the run's, where they come with the weights."""
    return prepared(SPECS[name]["dataset"] if name in SPECS else LOOKS.pretrained["dataset"])["dataset"]


def network_files(name):
    """The source files that define a network that is looked into."""
    return architecture_files(name) if name in SPECS else ["scripts/cnnatlas/architectures/published.py"]


def first_weights(name):
    """The weights of a network that is looked into: those of its first seed, or torchvision's."""
    return weights_of(name, ATLAS.seeds(name)[0] if name in SPECS else None)


def look_figures(look):
    """The names of a look's figures, without suffix."""
    if look.method in ATTRIBUTIONS:
        return ["right", "wrong"] if "extremes" in look.images else ["all"]
    if look.method in ("feature_maps", "filters"):
        layers = [f"layer{i + 1}" for i in range(len(look.options.get("layers", range(3))))]
        return layers + (["gabor"] if look.method == "filters" else [])
    return [look.method]


def look_facts(chapter):
    """What a chapter says of the networks that it looks into: network -> method -> figures and title."""
    found = {}
    for look in LOOKS.looks.values():
        if look.chapter == chapter:
            facts = {"figures": look_figures(look), "second": look.second, "title": look_record(look)["title"]}
            found.setdefault(look.network, {})[look.method] = facts
    return found


def look_results(chapter):
    """The results of interpretation that a chapter shows."""
    files = []
    for look in LOOKS.looks.values():
        if look.chapter == chapter:
            names = [f"{name}.{'svg' if name == 'gabor' else 'png'}" for name in look_figures(look)]
            files += [
                f"results/{RUN}/interpretation/{look.network}/{look.method}/{n}" for n in ["summary.json", *names]
            ]
    return files


def audit_facts():
    """What the chapter on attribution says of the networks whose methods were audited."""
    return {
        name: {
            "dataset": DATASETS[SPECS[name]["dataset"]]["title"],
            "images": entry["images"],
            "methods": list(entry["methods"]),
            "title": ATLAS.titles[name],
        }
        for name, entry in LOOKS.audit.items()
    }


class ChapterInterpretation:  # until merged: what the plan of chapters asks of the plan of interpretation
    files = staticmethod(look_results)
    facts = staticmethod(look_facts)
    reliability_facts = staticmethod(audit_facts)

    def reliability_files(self):
        return [f"results/{RUN}/interpretation/{v}/{file}" for v in LOOKS.audit for file in ("audit.json", "audit.svg")]


def renamed(parameters):  # until merged: the notebooks' old names of these facts
    old = {"interpretations": "looks", "reliability": "audits"}
    return parameters | {"chapter": {old.get(key, key): value for key, value in parameters["chapter"].items()}}
