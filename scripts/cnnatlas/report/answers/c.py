"""The answers of chapter C, but for its theory."""

from cnnatlas.evaluation.scores import NAMES
from cnnatlas.report.answers.interpretations import plainly
from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims, rejected_first
from cnnatlas.wording import capitalised, listing

BLOCKS, SCRATCH, TRANSFER = "blocks_cifar10", "cats_dogs", "transfer_cats_dogs"
ANSWERS = Answers()


@ANSWERS.to("C1a")
def _subset(claims: Claims) -> str:
    return f"{_images(claims, SCRATCH, 'c1c_basic')}, as many cats as dogs"


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
    tuned = claims.against(SCRATCH, "best(c1d_trial)", "c1c_basic", "c1d_augmented")
    return rejected_first(claims.rejected(SCRATCH, "best(c1d_trial)", "c1c_basic"), tuned)


@ANSWERS.to("C1e")
def _activations(claims: Claims) -> str:
    return _named(claims, claims.shown("c1c_basic", "feature_maps", "Conclusion on"))


def _named(claims: Claims, said: str) -> str:
    """What is said of the network from scratch, after its title and marks; that it is void as it is."""
    if said.startswith("void"):
        return said
    return f"{claims.title(SCRATCH, 'c1c_basic')}{claims.flagged('c1c_basic')}: {plainly(said)}"


@ANSWERS.to("C1f")
def _maximised(claims: Claims) -> str:
    return _named(claims, claims.shown("c1c_basic", "activation_maximisation", "Conclusion", "activate"))


@ANSWERS.to("C1g")
def _frozen(claims: Claims) -> str:
    base = claims.setting("c1g_frozen", "base")
    return f"{claims.against(TRANSFER, 'c1g_frozen', 'c1c_basic')}; the base is `{base}`"


@ANSWERS.to("C1h")
def _fine_tuned(claims: Claims) -> str:
    tuned = {"the last block": "c1h_last_block", "all of them": "c1h_all"}
    told = "; ".join(_fine_tuned_from_frozen(claims, name) for name in tuned.values())
    stand = [claims.stands(TRANSFER, name, {"c1g_frozen": "the frozen base"}) for name in tuned.values()]
    if not all(stand):
        return told
    either = [f"with {blocks} trained {where}" for blocks, where in zip(tuned, stand, strict=True)]
    if len(set(stand)) > 1:
        return f"{capitalised(listing(either))}: {told}"
    return f"{capitalised(stand[0]) if stand[0].startswith('no verdict') else f'Either way {stand[0]}'}: {told}"


def _fine_tuned_from_frozen(claims: Claims, tuned: str) -> str:
    entry = claims.entry(TRANSFER, tuned)
    kept = f"epoch {entry['best_epoch']:g} of {entry['epochs']:g} kept{' on average' if entry['seeds'] > 1 else ''}"
    return f"{claims.against(TRANSFER, tuned, 'c1g_frozen')}; {kept}"


@ANSWERS.to("C1i")
def _augmented(claims: Claims) -> str:
    return claims.against(TRANSFER, "c1i_augmented", "c1g_frozen")


@ANSWERS.to("C2a")
def _pickles(claims: Claims) -> str:
    return f"{_images(claims, BLOCKS, 'c2b_basic')}, by an unpickler that knows arrays and nothing else"


@ANSWERS.to("C2b")
def _basic(claims: Claims) -> str:
    return capitalised(claims.score(BLOCKS, "c2b_basic"))


@ANSWERS.to("C2c")
def _basic_tuned(claims: Claims) -> str:
    tuned = claims.against(BLOCKS, "best(c2c_trial)", "c2b_basic")
    return rejected_first(claims.rejected(BLOCKS, "best(c2c_trial)", "c2b_basic"), tuned)


@ANSWERS.to("C2d")
def _with_inception(claims: Claims) -> str:
    pair = BLOCKS, "c2d_inception", "c2b_basic"
    return f"{claims.against(*pair)}; {claims.times(*pair)} of {claims.title(BLOCKS, 'c2b_basic')}"


@ANSWERS.to("C2e")
def _with_residual(claims: Claims) -> str:
    against = claims.against(BLOCKS, "c2e_residual", "c2d_inception", "c2b_basic")
    times = claims.times(BLOCKS, "c2e_residual", "c2d_inception")
    return f"{against}; {times} of {claims.title(BLOCKS, 'c2d_inception')}"
