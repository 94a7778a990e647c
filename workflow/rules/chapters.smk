# What each chapter of the report reads, and what the configuration tells it.

CHAPTERS = REPORT["chapters"]
WHOLE = set(SPECS) == set(ATLAS.members)


def report_files():
    """Everything a reader gets: the report or, of a run of some studies, their results."""
    if not WHOLE:
        return [file for study in STUDIES.values() for file in study_inputs(study)]
    pages = [f"{chapter}.{suffix}" for chapter in CHAPTERS for suffix in ("html", "ipynb")]
    return [f"results/{RUN}/report/{name}" for name in ["report.pdf", "index.html", *pages]]


def study_facts(study):
    """What a chapter says of a study that its results do not hold."""
    return {
        "groups": {name: group_facts(members) for name, members in study.groups.items()},
        "question": study.question,
        "seeds": {v: ATLAS.seeds(v) for v in sorted(study.variants)},
        "title": study.title,
        "variants": {v: ATLAS.titles[v] for v in sorted(study.variants)},
    }


def group_facts(members):
    """What a chapter says of a sweep or search: its title, and the label and values of each member."""
    known = {v: ATLAS.members[v] for v in members}
    return {
        "members": {v: {"label": member.label, "values": member.values} for v, member in known.items()},
        "title": known[members[0]].heading,
    }


def study_inputs(study):
    """The results that a chapter shows of a study."""
    folder = f"results/{RUN}/studies/{study.name}"
    files = [f"{folder}/{file}" for file in ("comparison.csv", "comparison.json", "accuracy.svg", "curves.svg")]
    files += [f"{folder}/gains/{a}/{b}.svg" for a, b in study.compare if {a, b} <= set(study.inspect)]
    files += [f"{folder}/groups/{group}.svg" for group in study.groups]
    files += [f"{folder}/factorial.svg"] if study.factorial else []
    for v in study.variants:
        first = f"seed{ATLAS.seeds(v)[0]}"
        files += [f"results/{RUN}/models/{v}/{first}/{f}" for f in ("training.json", "architecture.json")]
        files.append(f"results/{RUN}/evaluation/{v}/{first}/metrics.json")
    for v in study.inspect:
        first = f"seed{ATLAS.seeds(v)[0]}"
        shown = ("similarity.json", "confusion.svg", "right.png", "wrong.png")
        files += [f"results/{RUN}/evaluation/{v}/{first}/{f}" for f in shown]
        files.append(f"results/{RUN}/evaluation/{v}/curves.svg")
    return files


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


def studies_of(chapter):
    """The studies of a chapter named by its assignment's letter."""
    return [study for study in STUDIES.values() if study.assignment.lower() == chapter]


def data_inputs(dataset):
    """What the chapter on the data shows of one data set."""
    files = ["audit.json", "pairs.csv", "label_errors.csv", "samples.png", "duplicates.png", "similarity.svg"]
    files += ["label_errors.png"]
    return [f"results/{RUN}/audit/{dataset}/{file}" for file in files]


ASSIGNMENTS = ("a", "b", "c", "d", "e")  # chapters that compare the variants of all their studies
TRAININGS = trained(SPECS, "models/{variant}/seed{seed}/training.json")
THEORY = {
    "theory_b": ["answers.json"],
    "theory_c": [
        "answers.json",
        "arrays.npz",
        "dilation.svg",
        "inception.svg",
        "max_pooling.svg",
        "pyramid.svg",
        "receptive_fields.svg",
        "residual.svg",
        "template_matching.svg",
    ],
}
CHAPTER_DATA = {"c": ["cats_dogs", "cifar10"]}
MYTORCH = [f"results/{RUN}/foundations/mytorch/{file}" for file in ("agreement.csv", "errors.json")]
MYTORCH += [f"results/{RUN}/foundations/mytorch/{file}" for file in ("digits.json", "digits.svg")]
FOUNDATIONS = {"mytorch": MYTORCH}


def chapter_facts(chapter):
    """What the run's configuration tells a chapter, and the files beyond its studies' results that it reads."""
    if chapter == "introduction":
        return {
            "datasets": [placed(prepared(name)["dataset"]) for name in sorted(DATASETS)],
            "models": [path.removeprefix(f"results/{RUN}/") for path in TRAININGS],
        }
    if chapter == "data":
        return {"datasets": {name: DATA.card(name) for name in sorted(DATASETS)}}
    if chapter == "index_of_items":
        return {"items": str(own("config/items.yaml"))}
    if chapter in THEORY or chapter in FOUNDATIONS:
        return {}
    if chapter == "attribution":
        return {"audits": audit_facts()}
    facts = {"looks": look_facts(chapter), "studies": {s.name: study_facts(s) for s in studies_of(chapter)}}
    if chapter == "b":
        facts["pretrained"] = LOOKS.pretrained["network"]
        return facts | {"seeds": {v: ATLAS.seeds(v) for v in SPECS}, "variants": {v: ATLAS.titles[v] for v in SPECS}}
    return facts | ({"resources": placed(f"resources/{COLLECTION}")} if chapter in CHAPTER_DATA else {})


def chapter_inputs(wildcards):
    """The results and data that a chapter reads."""
    chapter = wildcards.chapter
    if not WHOLE and chapter in ASSIGNMENTS:
        raise AtlasError(
            "studies: the report needs all of them; leave `studies` out, or ask for results of those named"
        )
    data = [prepared(name) for name in CHAPTER_DATA.get(chapter, [])]
    files = [file for study in studies_of(chapter) for file in study_inputs(study)]
    files += FOUNDATIONS.get(chapter, []) + look_results(chapter)
    files += [paths[kind] for paths in data for kind in ("dataset", "labels", "split")]
    if chapter in ("introduction", "b"):
        files += TRAININGS
    files += [f"results/{RUN}/foundations/theory/{file}" for file in THEORY.get(chapter, [])]
    if chapter == "attribution":
        return [
            f"results/{RUN}/interpretation/{name}/{file}"
            for name in LOOKS.audit
            for file in ("audit.json", "audit.svg")
        ]
    if chapter == "data":
        return [file for name in sorted(DATASETS) for file in data_inputs(name)]
    if chapter == "introduction":
        files += [prepared(name)["dataset"] for name in sorted(DATASETS)]
    return files + ([own("config/items.yaml")] if chapter == "index_of_items" else [])


def chapter_parameters(wildcards):
    """The notebook's parameters."""
    return {
        "chapter": chapter_facts(wildcards.chapter),
        "command": config["command"],
        "results": placed(f"results/{RUN}"),
    }


wildcard_constraints:
    chapter="|".join(CHAPTERS),
