"""What a reader must know before the accuracy of a network: that it is undertrained, at chance or collapsed.

*Undertrained*: training accuracy is below FITTED, and either closer to guessing than to 1, or, between the last two
windows of the run, each a fifth of its epochs, the mean training loss fell by more than FALLING and the mean validation
loss fell too. Where the learning rate ends at 0, losses always fall at the end; a network that has fitted its training
images, or whose validation loss no longer falls, is therefore not flagged. Training accuracy is the highest one of the
epochs in history.csv, which are running means over augmented images under dropout, or that of the kept weights on the
plain training split where it is higher.

*At chance*: the lower end of Wilson's interval of the accuracy is not above guessing: the higher one of 1 / classes and
the share of the class that is most frequent in training, which is the higher one where classes are imbalanced.

*Collapsed*: one class has more than COLLAPSED of the predictions, and EXCESS more than its share of the images.

The latter two are of the test split, or of validation where there is no test split.
"""

from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np

from cnnatlas.data.split import SPLITS
from cnnatlas.evaluation.markers import MARKERS
from cnnatlas.evaluation.metrics import wilson
from cnnatlas.evaluation.scores import Scored
from cnnatlas.wording import capitalised, counted, interval, percent, points

FITTED = 0.95
FALLING = 0.05
COLLAPSED = 0.7
EXCESS = 0.2


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
    return [{"flag": flag, "sentence": f"{capitalised(flag)}: {reason}."} for flag, reason in reasons.items() if reason]


def definitions() -> str:
    """What the flags mean, for a reader who wants to recompute them."""
    undertrained, at_chance, collapsed = (f"*{flag}* ({marker})" for flag, marker in MARKERS.items())
    return (
        f"A network is {undertrained} if its training accuracy remained below {percent(FITTED, 0)} and either was "
        "closer to guessing than to 100 %, or its training loss still fell by more than "
        f"{percent(FALLING, 0)}, and its validation loss too, from the second last fifth of the epochs to the last one "
        "(means over each; at least one epoch). That training accuracy is the highest one in `history.csv`, or that of "
        f"the final weights on the training split where it is higher. A network is {at_chance} if the 95 % interval of "
        "its accuracy does not lie above guessing: 1 in the number of classes, or the share of the class that is most "
        f"frequent in training, where that is larger. It has {collapsed} if more than {percent(COLLAPSED, 0)} of its "
        f"predictions are one class, and over {points(EXCESS, 0)} points more than that class's share of the images. "
        "The last two are judged on the test split, or on validation where there is none. A variant with several seeds "
        "is marked if one of them is."
    )


def _undertrained(train: Scored, classes: Sequence[str], history: Sequence[Mapping[str, str]]) -> str | None:
    reached = max([float(train.correct.mean()), *(float(row["train_accuracy"]) for row in history)])
    guess, _ = _guess(train, train, classes)
    if reached >= FITTED:
        return None
    if reached - guess < 1 - reached:
        return f"its training accuracy reached {percent(reached)}, closer to guessing ({percent(guess)}) than to 100 %"
    window = ceil(len(history) / 5)
    falls = [_fall([float(row[f"{split}_loss"]) for row in history], window) for split in ("train", "validation")]
    if falls[0] <= FALLING or falls[1] <= 0:
        return None
    return (
        f"its training accuracy reached {percent(reached)}, and its training and validation loss still fell, by "
        f"{percent(falls[0])} and {percent(falls[1])}, in the last {_epochs(window)} of {len(history)}"
    )


def _fall(losses: Sequence[float], window: int) -> float:
    """By what share of itself the mean loss of a window fell to the next one, the last; 0 where there is but one."""
    if len(losses) < 2 * window:
        return 0.0
    return 1 - float(np.mean(losses[-window:]) / np.mean(losses[-2 * window : -window]))


def _epochs(window: int) -> str:
    return "epoch" if window == 1 else f"{window} epochs"


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
