"""The answers of chapter D."""

from collections.abc import Mapping, Sequence

from cnnatlas.evaluation.scores import NAMES
from cnnatlas.files import read_json
from cnnatlas.report import lessons
from cnnatlas.report.answers.interpretations import brief, contrasted, of_all
from cnnatlas.report.answers.registry import Answers, lined
from cnnatlas.report.authoring import cell
from cnnatlas.report.claims import Claims
from cnnatlas.report.variant import OPTIMISERS
from cnnatlas.wording import counted, decimal, listing, percent

STL10 = "stl10"
NAMED = 5  # classes
ANSWERS = Answers()


@ANSWERS.to("D1.1")
def _shallow(claims: Claims) -> str:
    return _trained(claims, "d1_shallow")


def _trained(claims: Claims, variant: str) -> str:
    accuracy = claims.entry(STL10, variant)["accuracy"]
    losses = listing([cell(accuracy[split]["loss"], ".3f") for split in NAMES if split in accuracy])
    optimiser, batch = (claims.setting(variant, key) for key in ("optimiser", "batch_size"))
    name = OPTIMISERS.get(optimiser["name"], optimiser["name"])
    recipe = f"{name}, rate {optimiser['learning_rate']:g}, batches of {batch}"
    trained = f"{claims.title(STL10, variant)} was {claims.budget(STL10, variant)}, {recipe}"
    return lined(claims.score(STL10, variant, *NAMES), f"losses {losses}", trained)


@ANSWERS.to("D1.2")
def _confident(claims: Claims) -> str:
    rows = claims.extremes("d1_shallow")
    right = [row["class"] for row in rows if row["kind"] == "right"]
    score = claims.score(STL10, "d1_shallow", "validation")
    if not right:
        return f"No validation image is right, so none is shown; {score}"
    never = sorted({row["class"] for row in rows} - set(right))
    missing = ""
    if never:
        named = listing(never) if len(never) <= NAMED else f"the {len(never)} others"
        missing = f"; no image of {named} is right"
    classes = counted(len(set(right)), "class", "classes")
    name = _first(claims, "d1_shallow")
    return lined(f"{name}: shown are {counted(len(right), 'image')} of {classes}{missing}", f"accuracy is {score}")


@ANSWERS.to("D1.3")
def _mistaken(claims: Claims) -> str:
    found = claims.study(STL10)["confused"]["d1_shallow"]
    if found["void"]:
        return f"void: {found['sentence'].rstrip('.')}{_mistakes_shown(claims)}"
    if not found["pairs"]:
        return found["sentence"].rstrip(".")
    share = sum(pair["share"] for pair in found["pairs"])
    never = f"; {found['never']}" if found["never"] else ""
    pairs = listing([pair["named"] for pair in found["pairs"]]) + found["tied"]
    chance = f" (spread at random {percent(found['chance']['mean'])})" if found["chance"] else ""
    often = f"most often confused: {pairs}, {percent(share)} of all errors{chance}{never}"
    worst = _most_confident_mistake(claims)
    return lined(worst, often) if worst else often


def _mistakes_shown(claims: Claims) -> str:
    wrong = [row["class"] for row in claims.extremes("d1_shallow") if row["kind"] == "wrong"]
    return (
        f"; shown are {counted(len(wrong), 'mistake')} on {counted(len(set(wrong)), 'class', 'classes')}"
        if wrong
        else ""
    )


def _most_confident_mistake(claims: Claims) -> str:
    wrong = [row for row in claims.extremes("d1_shallow") if row["kind"] == "wrong"]
    if not wrong:
        return ""
    worst = max(wrong, key=lambda row: float(row["score"]))
    score = decimal(float(worst["score"]), 3)  # as in the figure: 0.996 is not 1
    of = claims.first_seed(STL10, "d1_shallow")
    return f"most confident mistake{of}: {worst['class']} taken for {worst['prediction']} with a score of {score}"


@ANSWERS.to("D1.4")
def _similar(claims: Claims) -> str:
    void = claims.lifeless(STL10, "d1_shallow")
    if void:
        return lined(f"{void}; whether its splits err alike says nothing", _alike(claims, "d2_deep"))
    return _alike(claims, "d1_shallow")


def _alike(claims: Claims, variant: str) -> str:
    """Whether the errors of a network's splits are similar, in kind and in number."""
    void = claims.lifeless(STL10, variant)
    if void:
        return void.removeprefix("void: ")
    rates, classes = (_verdicts(claims.similarity(variant), question) for question in ("rates", "pattern"))
    return f"{_first(claims, variant)}: which classes it confuses: {classes}; how often it errs: {rates}"


def _first(claims: Claims, variant: str) -> str:
    """A network's title with its marks, and that it is the first seed's where it has several."""
    return f"{claims.title(STL10, variant)}{claims.marks(STL10, variant)}{claims.first_seed(STL10, variant)}"


def _verdicts(pairs: Sequence[Mapping], question: str) -> str:
    """Which pairs of splits are similar, or different, and of which that cannot be told, by verdict."""
    by_verdict: dict[str, list[str]] = {}
    for pair in pairs:
        verdict = pair[question]["verdict"]
        if verdict == "similar" and pair[question].get("margins"):
            verdict = "similar by margins alone"
        by_verdict.setdefault(verdict, []).append(f"{NAMES[pair['a']]}–{NAMES[pair['b']]}")
    if len(by_verdict) == 1:
        return f"{next(iter(by_verdict))} in all splits"
    return ", ".join(f"{verdict} in {listing(names)}" for verdict, names in by_verdict.items())


@ANSWERS.to("D2.1")
def _deep(claims: Claims) -> str:
    return _trained(claims, "d2_deep")


@ANSWERS.to("D2.2")
def _normalised_augmented(claims: Claims) -> str:
    augmented = "best(d2_deep_augmented)"
    changes = {"normalised input": ("d2_deep", "d2_deep_normalised")}
    changes |= {"augmentation besides": ("d2_deep_normalised", augmented)}
    told = [f"{words}{claims.marks(STL10, pair[1])} {claims.gained(STL10, *pair)}" for words, pair in changes.items()]
    lifeless = claims.lifeless(STL10, augmented)  # then validation has chosen nothing
    drawn = claims.drawn(STL10, augmented).replace("resized crop [1.0, 1.0]", "no crop")
    return lined(
        f"on test, {listing(told)}",
        "" if lifeless else claims.rejected(STL10, augmented, "d2_deep_normalised"),
        claims.against(STL10, "d2_deep_normalised", "d2_deep"),
        claims.against(STL10, augmented, "d2_deep"),
        "" if lifeless else f"chosen on validation: {drawn}",
    )


@ANSWERS.to("D2.3")
def _own(claims: Claims) -> str:
    bases = {"best(others)": "the best of all others by validation", "d2_deep": "the deep network"}
    stands = claims.stands(STL10, "d2_own", bases)
    size = f"{claims.times(STL10, 'd2_own', 'd2_deep')} of {claims.title(STL10, 'd2_deep')}"
    return lined(
        f"{f'{stands}: ' if stands else ''}{claims.against(STL10, 'd2_own', *bases)}",
        claims.budgets(STL10, "d2_own", *bases),
        f"{size}{claims.matched(STL10, 'd2_deep', 'd2_own')}",
    )


@ANSWERS.to("D3")
def _occluded(claims: Claims) -> str:
    said = contrasted(claims, "d1_shallow", "occlusion", "mass lies on the object", "central quarter")
    if said.startswith("void"):
        return said
    # The even map of the whole image is not what a network can show that does not read all of it
    even = lessons.even_over_read(read_json(claims.file("models/d1_shallow/seed*/architecture.json")))
    if even is not None:
        said = said.replace("of an even map", f"of an even map ({percent(even)} of one over what the network reads)", 1)
    return of_all({f"{claims.title(STL10, 'd1_shallow')}{claims.flagged('d1_shallow')}": brief(said)})
