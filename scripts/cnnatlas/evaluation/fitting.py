"""Whether a network reached a training accuracy of 1, where a study requires it (B2.6: overfitting one batch)."""

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.study import Run, Variant
from cnnatlas.wording import counted, percent


def fitted(variant: Variant) -> dict:
    """How many images the variant was trained on and fits, and after how many epochs training accuracy remained at 1.

    What must fit are the weights that the training delivers, scored in evaluation mode. Returns `images` and
    `sentence`. Raises AtlasError if the weights of any seed misclassify a training image.
    """
    for seed, run in variant.runs.items():
        correct = run.splits["train"].correct
        if not correct.all():
            raise AtlasError(
                f"`{variant.name}`, seed {seed}, must fit its training images but classifies {percent(correct.mean())} "
                "of them correctly; give it more `epochs` or a suitable `optimiser.learning_rate`, remove augmentation "
                "and dropout, or take it off `must_fit`"
            )
    return {"images": len(correct), "sentence": _sentence(variant, len(correct))}


def _epochs_needed(run: Run) -> int | None:
    """The first epoch from which on training accuracy, of batches in training mode, is 1; None where it ends lower."""
    below = [epoch for epoch, accuracy in enumerate(run.training_curve, 1) if accuracy < 1]
    first = max(below, default=0) + 1
    return first if first <= len(run.training_curve) else None


def _sentence(variant: Variant, images: int) -> str:
    needed = [_epochs_needed(run) for run in variant.runs.values()]
    weights = f"The trained “{variant.title}” classifies all {counted(images, 'training image')} correctly"
    if None in needed:
        return f"{weights}."
    first = str(needed[0]) if len(set(needed)) == 1 else f"{min(needed)} to {max(needed)}, by seed,"
    return f"{weights}; its training accuracy is 100 % from epoch {first} on."
