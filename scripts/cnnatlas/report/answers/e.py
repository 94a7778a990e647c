"""The answers of chapter E."""

from cnnatlas.report.answers.interpretations import two
from cnnatlas.report.answers.registry import Answers, lined
from cnnatlas.report.authoring import cell
from cnnatlas.report.claims import Claims
from cnnatlas.wording import capitalised, counted, listing

LENET, RESNET = "lenet_caltech101", "resnet18_caltech101"
MEANT = 65  # per cent on validation, what assignment E expects
ANSWERS = Answers()


@ANSWERS.to("E1a")
def _lenet(claims: Claims) -> str:
    return _with_losses(claims, LENET, "e1a_lenet5")


def _with_losses(claims: Claims, study: str, variant: str) -> str:
    """Accuracies and losses on training and validation, which assignment E asks for."""
    splits = ("train", "validation")
    accuracy = claims.entry(study, variant)["accuracy"]
    losses = " and ".join(cell(accuracy[split]["loss"], ".3f") for split in splits)
    return f"{capitalised(claims.score(study, variant, *splits))}{_means(claims, study, variant)}; losses {losses}"


def _means(claims: Claims, study: str, variant: str) -> str:
    """That what was said of a variant are means over its seeds, where it has several."""
    seeds = claims.entry(study, variant)["seeds"]
    return f", means of {seeds} seeds" if seeds > 1 else ""


@ANSWERS.to("E1b")
def _lenet_improved(claims: Claims) -> str:
    others = {"e1b_dropout": "dropout", "e1b_l1": "L1", "e1b_l2": "L2", "e1b_xavier": "Xavier initialisation"}
    others |= {"e1b_batch_norm": "batch normalisation", "e1b_combined": "all five"}
    named = {"e1a_lenet5": "LeNet-5 as specified", "best(e1b_trial)": "tuned", "e1b_own": "our own design"}
    entries = {name: claims.entry(LENET, name) for name in (*named, *others)}
    means = {name: entry["accuracy"]["validation"]["mean"] for name, entry in entries.items()}
    unequal = len({entries[name]["seeds"] for name in named}) > 1
    told = [f"{words} {_reached(claims, name, unequal)}" for name, words in named.items()]
    lenets = {name: mean for name, mean in means.items() if name != "e1b_own"}
    best = [claims.title(LENET, name) for name, mean in lenets.items() if mean == max(lenets.values())]
    highest = claims.mean(LENET, max(lenets, key=lenets.__getitem__))
    first = f"the best LeNet-5 has {highest} ({listing(best)}), where {MEANT} % are expected"
    trials = len(claims.study(LENET)["best"]["e1b_trial"]["ranking"])
    return lined(
        f"of {len(others)} changes, {claims.most(LENET, 'e1a_lenet5', others)}; {first}",
        claims.each(LENET, "e1a_lenet5", others),
        f"on validation {', '.join(told)}; the tuned network was chosen there among {counted(trials, 'trial')}",
    )


def _reached(claims: Claims, variant: str, seeds: bool) -> str:
    """Validation accuracy, how many `seeds` it is of if that matters, and the epochs that it took."""
    entry = claims.entry(LENET, variant)
    of_seeds = f" with {counted(entry['seeds'], 'seed')}" if seeds else ""
    return f"{claims.mean(LENET, variant)}{of_seeds} after {counted(round(entry['epochs']), 'epoch')}"


@ANSWERS.to("E2")
def _lenet_maps(claims: Claims) -> str:
    named = {"e1a_lenet5": "As specified", "e1b_batch_norm": "With batch normalisation"}
    titles = {name: f"{words}{claims.flagged(name)}" for name, words in named.items()}
    maps = {titles[name]: claims.shown(name, "feature_maps", "Conclusion on") for name in named}
    if (said := two(maps)).startswith("void"):
        return said
    shares = [claims.mean(LENET, name) for name in named]
    seeds = claims.entry(LENET, "e1a_lenet5")["seeds"]
    one = f", means of {seeds} seeds, of which the maps are of one" if seeds > 1 else ""
    return two(maps, f"the networks have {listing(shares)} on validation{one}")


@ANSWERS.to("E3")
def _resnet(claims: Claims) -> str:
    changes = {"e3_resnet18_augmented": "augmentation", "e3_resnet18_small": "a stem for small images"}
    line = f"{_with_losses(claims, RESNET, 'e3_resnet18')}; on validation {claims.each(RESNET, 'e3_resnet18', changes)}"
    differ = [claims.budgets(RESNET, name, "e3_resnet18") for name in changes]
    named = [f"{words} with {amounts}" for words, amounts in zip(changes.values(), differ, strict=True) if amounts]
    trained = f"{claims.title(RESNET, 'e3_resnet18')} was {claims.budget(RESNET, 'e3_resnet18')}"
    return lined(line, trained, *named)
