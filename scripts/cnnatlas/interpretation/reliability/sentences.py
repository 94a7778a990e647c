"""What the audits of one network's attribution methods say, as rows of a table and as sentences.

No method is said to be better than another; each is compared with what knows nothing of the network, and only where the
interval of the paired difference leaves zero out. `audits` are those of assessment.py, by method.
"""

from collections.abc import Callable, Mapping

from cnnatlas.wording import capitalised, counted, decimal, listing, percent, points

TITLES = {
    "gradient": "gradient",
    "smooth_grad": "SmoothGrad",
    "integrated_gradients": "integrated gradients",
    "guided_backpropagation": "guided backpropagation",
    "cam": "CAM",
    "grad_cam": "Grad-CAM",
    "occlusion": "occlusion",
}
MEASURES = {"pointing": "pointing game", "energy": "energy", "iou": "IoU"}
BASELINES = {"centre_box": "centre box", "edges": "edges"}
GAMES = ("deletion", "insertion")
LIKENESS = {"rank": "rank correlation", "ssim": "SSIM"}


def rows(audits: Mapping[str, Mapping]) -> list[dict]:
    """One row per method, with 95 % intervals; localisation only where the masks are known, with its baselines."""
    localised = any(audit["localisation"] for audit in audits.values())
    table = [_row(name, audit, localised) for name, audit in audits.items()]
    first = next(iter(audits.values()))
    random = {f"{game} area": decimal(first["faithfulness"][game]["random"]["area"]["value"], 3) for game in GAMES}
    table.append(_blank(table[0]) | {"method": "random order"} | random)
    if first["localisation"]:
        for key, title in BASELINES.items():
            values = {label: decimal(first["localisation"][m][key]["value"]) for m, label in MEASURES.items()}
            table.append(_blank(table[0]) | {"method": title} | values)
    return table


def sentences(audits: Mapping[str, Mapping]) -> list[str]:
    """What the audits show: localisation where masks are known, faithfulness, randomisation."""
    said = [
        *(faithfulness_sentence(audits, game) for game in GAMES),
        randomisation_sentence(audits),
        *([than_gradient_sentence(audits)] if "gradient" in audits else []),
        end_sentence(audits),
    ]
    if all(audit["localisation"] for audit in audits.values()):
        said = [localisation_sentence(audits, measure) for measure in MEASURES] + said
    return said


def localisation_sentence(audits: Mapping[str, Mapping], measure: str) -> str:
    """Which methods find the object better, by one measure, than each of the baselines."""
    images = _one(audits, lambda audit: audit["localisation"]["images"])
    parts = []
    for key, title in BASELINES.items():
        found = _sorted(audits, lambda audit, key=key: audit["localisation"][measure][key]["than"])
        parts.append(_groups(found, f"better than the {title} are", f"worse than the {title} are", f"from the {title}"))
    return f"{capitalised(MEASURES[measure])} on {counted(images, 'image')}: {'; '.join(parts)}."


def faithfulness_sentence(audits: Mapping[str, Mapping], game: str) -> str:
    """Which methods order the pixels better than chance, by deletion or by insertion."""
    images = _one(audits, lambda audit: audit["faithfulness"]["images"])
    sign, verb = (-1, "falls") if game == "deletion" else (1, "rises")
    found = _sorted(audits, lambda audit: audit["faithfulness"][game]["than"], sign)
    words = [f"the score {verb} {how} than in random order with" for how in ("faster", "more slowly")]
    groups = _groups(found, *words, "from random order")
    return f"{capitalised(game)} on {counted(images, 'image')}: {groups}."


def randomisation_sentence(audits: Mapping[str, Mapping]) -> str:
    """Which methods' maps survive that the upper half of the layers is randomised."""
    parts = [audit["randomisation"] for audit in audits.values()]
    upper, total = parts[0]["counts"][parts[0]["half"]], len(parts[0]["layers"])
    start = f"With the last {upper} of {total} layers randomised ({counted(parts[0]['images'], 'image')}), "
    ends = {
        "fails": ("keeps more than half of its likeness and fails", "keep more than half of their likeness and fail"),
        "passes": ("keeps less than half and passes", "keep less than half and pass"),
        "undecided": ("is undecided", "are undecided"),
    }
    said = []
    for verdict, (one, several) in ends.items():
        names = [name for name, audit in audits.items() if audit["randomisation"]["verdict"] == verdict]
        if names:
            shares = listing([f"{TITLES[name]} ({_kept(audits[name])})" for name in names])
            said.append(f"{shares} {one if len(names) == 1 else several}")
    return start + "; ".join(said) + "; shares by rank correlation and by SSIM."


def than_gradient_sentence(audits: Mapping[str, Mapping]) -> str:
    """Which methods keep more likeness than the plain gradient, as Adebayo et al. (1810.03292) saw of guided ones.

    Only where the two intervals lie apart, which asks for more than an interval of the difference would.
    """
    plain = audits["gradient"]["randomisation"]
    found: dict[str, list[str]] = {}
    for name, audit in audits.items():
        kept = audit["randomisation"]
        more = [label for key, label in LIKENESS.items() if kept[key]["kept"]["low"] > plain[key]["kept"]["high"]]
        if more:
            by = "both measures" if len(more) == len(LIKENESS) else more[0]
            found.setdefault(by, []).append(f"{TITLES[name]} ({_kept(audit)})")
    start = f"Of the plain gradient ({_kept(audits['gradient'])} kept) the intervals lie below those of "
    if not found:
        return start + "no other method."
    return start + "; ".join(f"{listing(names)} by {by}" for by, names in found.items()) + "."


def end_sentence(audits: Mapping[str, Mapping]) -> str:
    """Which methods' maps are still like the original ones when every layer is randomised."""
    alike = [
        name for name, audit in audits.items()
        if all(audit["randomisation"][measure]["end"]["low"] > 0 for measure in LIKENESS)
    ]  # fmt: skip
    start = "With all layers randomised, "
    if not alike:
        return f"{start}no method's maps are by both measures more like the original ones than another image's maps."
    return (
        f"{start}maps of {listing([TITLES[name] for name in alike])} are still more like the original ones than "
        "another image's maps, by both measures: that much of them shows the image."
    )


def _row(name: str, audit: Mapping, localised: bool) -> dict:
    row = {"method": TITLES[name]}
    if localised:
        found = audit["localisation"]
        row |= {label: _interval(found[key]) if found else "" for key, label in MEASURES.items()}
    row |= {f"{game} area": _interval(audit["faithfulness"][game]["area"], 3) for game in GAMES}
    kept = {f"kept, {label}": audit["randomisation"][key]["kept"] for key, label in LIKENESS.items()}
    row |= {
        label: f"{percent(share['value'], 0)} [{points(share['low'], 0)}, {points(share['high'], 0)}]"
        for label, share in kept.items()
    }
    return row | {"randomisation": audit["randomisation"]["verdict"]}


def _blank(row: Mapping) -> dict:
    return dict.fromkeys(row, "")


def _interval(found: Mapping[str, float], digits: int = 2) -> str:
    value, low, high = (decimal(found[key], digits) for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _kept(audit: Mapping) -> str:
    return listing([percent(audit["randomisation"][measure]["kept"]["value"], 0) for measure in LIKENESS])


def _sorted(audits: Mapping, difference: Callable[[Mapping], Mapping], sign: int = 1) -> dict[str, list[str]]:
    """Titles of the methods whose paired difference is above zero, below it, or not told from it."""
    found: dict[str, list[str]] = {"above": [], "below": [], "neither": []}
    for name, audit in audits.items():
        low, high = sorted(sign * difference(audit)[key] for key in ("low", "high"))
        found["above" if low > 0 else "below" if high < 0 else "neither"].append(TITLES[name])
    return found


def _groups(found: Mapping[str, list[str]], above: str, below: str, apart: str) -> str:
    """The three groups, those that are empty left out."""
    said = [f"{words} {listing(found[key])}" for key, words in (("above", above), ("below", below)) if found[key]]
    if found["neither"]:
        said.append(f"no difference {apart} shown for {listing(found['neither'])}")
    return ", ".join(said)


def _one(audits: Mapping, value: Callable[[Mapping], int]) -> int:
    """What all audits of a network share."""
    return value(next(iter(audits.values())))
