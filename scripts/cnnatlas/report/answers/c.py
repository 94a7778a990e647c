"""The answers of chapter C, but for its theory."""

import re

from cnnatlas.evaluation.scores import NAMES
from cnnatlas.report.answers.interpretations import of_all, plainly
from cnnatlas.report.answers.registry import Answers, lined
from cnnatlas.report.claims import Claims, rejected_first
from cnnatlas.wording import capitalised, listing

BLOCKS, SCRATCH, TRANSFER = "blocks_cifar10", "cats_dogs", "transfer_cats_dogs"
LAYER, PLACES = re.compile(r"\bfeatures\.[\d.]*\d"), ("first", "second", "third", "fourth", "fifth")
ANSWERS = Answers()


@ANSWERS.to("C1a")
def _subset(claims: Claims) -> str:
    part = claims.setting("c1c_basic", "train_images")  # any draw of them
    alike = "" if part else ", as many cats as dogs"
    return f"{_images(claims, SCRATCH, 'c1c_basic')}{alike}"


def _images(claims: Claims, study: str, variant: str) -> str:
    accuracy = claims.entry(study, variant)["accuracy"]
    some = {"train": "of the training images"} if claims.setting(variant, "train_images") else {}
    told = [f"{accuracy[split]['images']:,} {some.get(split, NAMES[split])}" for split in NAMES if split in accuracy]
    return f"{listing(told)} images"


ANSWERS.says("C1b", "Batches are indices into one array: in random order for training, in a fixed one for the others")


@ANSWERS.to("C1c")
def _scratch(claims: Claims) -> str:
    return capitalised(claims.score(SCRATCH, "c1c_basic"))


@ANSWERS.to("C1d")
def _tuned(claims: Claims) -> str:
    bases, trial = ("best(others)", "c1c_basic"), "best(c1d_trial)"
    return lined(
        claims.against(SCRATCH, "c1d_final", *bases),
        claims.budgets(SCRATCH, "c1d_final", *bases),
        claims.rejected(SCRATCH, trial, "c1c_basic") or claims.rejected(SCRATCH, trial, "c1d_augmented"),
        claims.against(SCRATCH, trial, "c1d_augmented", "c1c_basic"),
    )


@ANSWERS.to("C1e")
def _activations(claims: Claims) -> str:
    return _named(claims, claims.shown("c1c_basic", "feature_maps", "Conclusion on"))


def _named(claims: Claims, said: str) -> str:
    """What is said of the network from scratch, after its title and marks; that it is void as it is."""
    if said.startswith("void"):
        return said
    return of_all({f"{claims.title(SCRATCH, 'c1c_basic')}{claims.flagged('c1c_basic')}": plainly(said)})


@ANSWERS.to("C1f")
def _maximised(claims: Claims) -> str:
    said = claims.shown("c1c_basic", "activation_maximisation", "Conclusion", "activate")
    layers = dict.fromkeys(LAYER.findall(said))
    for place, layer in zip(PLACES, layers, strict=False):
        said = said.replace(layer, f"the {place}{' layer shown' if place == PLACES[0] else ''}")
    return _named(claims, said)


@ANSWERS.to("C1g")
def _frozen(claims: Claims) -> str:
    pair = TRANSFER, "c1g_frozen", "c1c_basic"
    return lined(claims.against(*pair), claims.budgets(*pair), f"the base is `{claims.setting('c1g_frozen', 'base')}`")


@ANSWERS.to("C1h")
def _fine_tuned(claims: Claims) -> str:
    tuned = {"the last block": "c1h_last_block", "all of them": "c1h_all"}
    stand = [claims.stands(TRANSFER, name, {"c1g_frozen": "the frozen base"}) for name in tuned.values()]
    either = [f"with {blocks} trained {where}" for blocks, where in zip(tuned, stand, strict=True)]
    lead = f"{f'either way {stand[0]}' if len(set(stand)) == 1 else listing(either)}: " if all(stand) else ""
    told = [
        f"{claims.title(TRANSFER, name)}{claims.marks(TRANSFER, name)} {claims.gained(TRANSFER, 'c1g_frozen', name)}"
        for name in tuned.values()
    ]
    frozen = f"{claims.title(TRANSFER, 'c1g_frozen')} ({claims.score(TRANSFER, 'c1g_frozen')})"
    return lined(
        f"{lead}against {frozen} {', '.join(told)}",
        *(_fine_tuned_from_frozen(claims, name) for name in tuned.values()),
    )


def _fine_tuned_from_frozen(claims: Claims, tuned: str) -> str:
    entry = claims.entry(TRANSFER, tuned)
    kept = f"epoch {entry['best_epoch']:.3g} of {entry['epochs']:g} kept{' on average' if entry['seeds'] > 1 else ''}"
    told = [f"{claims.title(TRANSFER, tuned)} {claims.score(TRANSFER, tuned)}", kept]
    return "; ".join(filter(None, [*told, claims.budgets(TRANSFER, tuned, "c1g_frozen")]))


@ANSWERS.to("C1i")
def _augmented(claims: Claims) -> str:
    pair = TRANSFER, "c1i_augmented", "c1g_frozen"
    return lined(claims.against(*pair), claims.budgets(*pair))


@ANSWERS.to("C2a")
def _pickles(claims: Claims) -> str:
    return f"{_images(claims, BLOCKS, 'c2b_basic')}, by an unpickler that knows arrays and nothing else"


@ANSWERS.to("C2b")
def _basic(claims: Claims) -> str:
    return capitalised(claims.score(BLOCKS, "c2b_basic"))


@ANSWERS.to("C2c")
def _basic_tuned(claims: Claims) -> str:
    pair = BLOCKS, "best(c2c_trial)", "c2b_basic"
    return lined(rejected_first(claims.rejected(*pair), claims.against(*pair)), claims.budgets(*pair))


@ANSWERS.to("C2d")
def _with_inception(claims: Claims) -> str:
    pair = BLOCKS, "c2d_inception", "c2b_basic"
    size = f"{claims.times(*pair)} of {claims.title(BLOCKS, 'c2b_basic')}"
    return lined(claims.against(*pair), claims.budgets(*pair), size)


@ANSWERS.to("C2e")
def _with_residual(claims: Claims) -> str:
    pair = BLOCKS, "c2e_residual", "c2d_inception"
    basic = f"{claims.title(BLOCKS, 'c2b_basic')} ({claims.mean(BLOCKS, 'c2b_basic', 'test')})"
    size = f"{claims.times(*pair)} of {claims.title(BLOCKS, 'c2d_inception')}"
    against_basic = f"against {basic} {claims.gained(BLOCKS, 'c2b_basic', 'c2e_residual')}"
    return lined(claims.against(*pair), against_basic, claims.budgets(*pair, "c2b_basic"), size)
