"""Whether a network reached a training accuracy of 1, where a study requires it (B2.6: overfitting one batch)."""

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.study import Run, Variant
from cnnatlas.wording import counted, percent


def fitted(variant: Variant) -> dict:
    """How many training images the variant fitted, and after how many epochs training accuracy remained at 1.

    Returns `images`, `epochs_needed` (one per seed) and `sentence`. Raises AtlasError if the last epoch of any seed is
    below 1.
    """
    needed = []
    for seed, run in variant.runs.items():
        reached = run.training_curve[-1] if run.training_curve else 0.0
        if reached < 1:
            raise AtlasError(
                f"`{variant.name}`, seed {seed}, must fit its training images but ends at a training accuracy of "
                f"{percent(reached)}; give it more `epochs` or a suitable `optimiser.learning_rate`, remove "
                "augmentation and dropout, or take it off `must_fit`"
            )
        needed.append(_epochs_needed(run))
    images = variant.training_images
    return {"images": images, "epochs_needed": needed, "sentence": _sentence(variant, images, needed)}


def _epochs_needed(run: Run) -> int:
    """The first epoch from which on training accuracy is 1."""
    below = [epoch for epoch, accuracy in enumerate(run.training_curve, 1) if accuracy < 1]
    return max(below, default=0) + 1


def _sentence(variant: Variant, images: int, needed: list[int]) -> str:
    after = (
        counted(needed[0], "epoch")
        if len(set(needed)) == 1
        else f"{min(needed)} to {max(needed)} epochs, depending on the seed"
    )
    return (
        f"“{variant.title}” fits all {counted(images, 'training image')}: its training accuracy is 100 % after {after}."
    )
