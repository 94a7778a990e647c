"""What a reader must know before the accuracy of a network: that it is undertrained, at chance, collapsed or narrow.

*Undertrained*: training accuracy is below FITTED, and either closer to guessing than to 1, or the last fifth of the
epochs has a mean training loss more than FALLING below that of the fifth before, and the lowest validation loss. Where
the learning rate ends at 0, losses always fall at the end; a network that has fitted its training images, or whose
validation loss no longer falls, is therefore not flagged. At a constant rate the validation loss of single epochs can
jump, hence its lowest value. Training accuracy is the highest one of the epochs in history.csv, which are running means
over augmented images under dropout, or that of the kept weights on the plain training split where it is higher.

*At chance*: the lower end of Wilson's interval of the accuracy is not above guessing: the higher one of 1 / classes and
the share, of the split's images, of the class that is most frequent in training: the higher one where classes are
imbalanced.

*Collapsed*: one class has more than COLLAPSED of the predictions, and EXCESS more than its share of the images.

*Narrow*: fewer than ANSWERED of the classes that occur are ever predicted, and the network is not collapsed.

All but the first are of the test split, or of validation where there is no test split.
"""

from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np

from cnnatlas.data.split import SPLITS
from cnnatlas.evaluation.markers import MARKERS
from cnnatlas.evaluation.metrics import wilson
from cnnatlas.evaluation.scores import Scored
from cnnatlas.wording import capitalised, counted, interval, percent, points

FITTED = 0.9
FALLING = 0.05
COLLAPSED = 0.7
EXCESS = 0.2
ANSWERED = 0.5


def of(splits: Mapping[str, Scored], classes: Sequence[str], history: Sequence[Mapping[str, str]]) -> list[dict]:
    """The flags of one training, each {flag, sentence}, in the order of MARKERS; often none.

    `splits` are the scores of train and at least one more split; `history` are the rows of history.csv, none where a
    training diverged in its first epoch.
    """
    held_out = next(name for name in reversed(SPLITS) if name in splits)
    reasons = {
        "undertrained": _undertrained(splits["train"], classes, history),
        "at chance": _at_chance(held_out, splits, classes),
        "collapsed": _collapsed(held_out, splits[held_out], classes),
    }
    reasons["narrow"] = None if reasons["collapsed"] else _narrow(held_out, splits[held_out])
    return [{"flag": flag, "sentence": f"{capitalised(flag)}: {reason}."} for flag, reason in reasons.items() if reason]


def definitions() -> str:
    """What the flags mean, for a reader who wants to recompute them."""
    undertrained, at_chance, collapsed, narrow = (f"*{flag}* ({marker})" for flag, marker in MARKERS.items())
    return (
        f"A network is {undertrained} if its training accuracy remained below {percent(FITTED, 0)} and either was "
        "closer to guessing than to 100 %, or the mean training loss of the last fifth of its epochs (at least one) "
        f"is more than {percent(FALLING, 0)} below that of the fifth before, and its lowest validation loss is in that "
        "last fifth. That training accuracy is the highest one in `history.csv`, or that of the final weights on "
        f"the training split where it is higher. A network is {at_chance} if the 95 % interval of its accuracy does "
        "not lie above guessing: 1 in the number of classes or, where that is larger, the share that the class most "
        "frequent in training has of the images judged. "
        f"It has {collapsed} if more than {percent(COLLAPSED, 0)} of its predictions "
        f"are one class, and over {points(EXCESS, 0)} points more than that class's share of the images. Without that, "
        f"it is {narrow} if fewer than {percent(ANSWERED, 0)} of the classes that occur are ever predicted. All but "
        "the first are judged on the test split, or on validation where there is none. A variant with several seeds "
        "is marked if one of them is, and void if half of them or more are at chance, or half or more collapsed."
    )


def _undertrained(train: Scored, classes: Sequence[str], history: Sequence[Mapping[str, str]]) -> str | None:
    reached = max([float(train.correct.mean()), *(float(row["train_accuracy"]) for row in history)])
    guess, _ = _guess(train, train, classes)
    if reached >= FITTED:
        return None
    if reached - guess < 1 - reached:
        return f"its training accuracy reached {percent(reached)}, closer to guessing ({percent(guess)}) than to 100 %"
    window = ceil(len(history) / 5)
    training, validation = ([float(row[f"{split}_loss"]) for row in history] for split in ("train", "validation"))
    if len(history) < 2 or min(validation[-window:]) >= min(validation[:-window]):
        return None
    fall = 1 - float(np.mean(training[-window:]) / np.mean(training[-2 * window : -window]))
    if fall <= FALLING:
        return None
    last = "epoch" if window == 1 else f"{window} epochs"
    return (
        f"its training accuracy reached {percent(reached)}, and in the last {last} of {len(history)} its training loss "
        f"still fell by {percent(fall)}, with the lowest validation loss of all"
    )


def _at_chance(name: str, splits: Mapping[str, Scored], classes: Sequence[str]) -> str | None:
    split = splits[name]
    if not len(split.labels):
        return None
    hits, n = int(split.correct.sum()), len(split.labels)
    low, high = wilson(hits, n)
    guess, how = _guess(splits["train"], split, classes)
    if low > guess:
        return None
    return (
        f"the 95 % interval of its accuracy on {name}, {interval(hits / n, low, high)} % of {counted(n, 'image')}, "
        f"does not lie above the {percent(guess)} of {how}"
    )


def _guess(train: Scored, split: Scored, classes: Sequence[str]) -> tuple[float, str]:
    """The accuracy on a split that needs no network, and how it is reached."""
    frequent = int(np.bincount(train.labels, minlength=len(classes)).argmax())
    share = float((split.labels == frequent).mean())
    return max((1 / len(classes), "random guessing"), (share, f"always answering “{classes[frequent]}”"))


def _collapsed(name: str, split: Scored, classes: Sequence[str]) -> str | None:
    if not len(split.labels):
        return None
    counts = np.bincount(split.predictions, minlength=len(classes))
    frequent = int(counts.argmax())
    share, rightful = counts[frequent] / len(split.labels), float((split.labels == frequent).mean())
    if share <= COLLAPSED or share - rightful <= EXCESS:
        return None
    return (
        f"{percent(share)} of its predictions on {name} are “{classes[frequent]}”, which {percent(rightful)} of the "
        "images are"
    )


def _narrow(name: str, split: Scored) -> str | None:
    occurring = np.unique(split.labels)
    predicted = np.isin(occurring, split.predictions).sum()
    if predicted >= ANSWERED * len(occurring):
        return None
    return f"it predicts only {predicted} of the {counted(len(occurring), 'class', 'classes')} that occur in {name}"
