"""The answers of chapter B, but for its theory."""

from collections.abc import Mapping

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.metrics import wilson
from cnnatlas.evaluation.verdicts import LEVEL
from cnnatlas.report.answers.interpretations import beside_permuted, of_all, plainly
from cnnatlas.report.answers.registry import Answers, lined
from cnnatlas.report.claims import Claims, tied_with_best
from cnnatlas.wording import capitalised, counted, decimal, listing, part_of, percent

SIMPLE, NORMALISED, RESIDUAL = "simple_cifar10", "normalised_simple_cifar10", "residual_cifar10"
TRANSFORMS, SCHEDULES = "transforms_cifar10", "schedules_cifar10"
OF_B = (SIMPLE, NORMALISED, RESIDUAL, TRANSFORMS, SCHEDULES)
SWEEPS = {  # of B2.11: the key, in words, and the network whose value they leave out, for it is there already
    "b2_sgd_rate": ("optimiser.learning_rate", "SGD’s rate", "b2_constant"),
    "b2_adam_rate": ("optimiser.learning_rate", "Adam’s", None),
    "b2_gamma": ("schedule.gamma", "StepLR’s gamma", "b2_step"),
}
RATES = {  # of B2.6: a sweep, and the network with the assignment's rate
    "without": ("b2_plain_rate", "b2_simple_sgd"),
    "with": ("b2_bn_rate", "b2_simple_bn_sgd"),
}
SALIENCY = {"gradient": "the gradient", "smooth_grad": "SmoothGrad", "integrated_gradients": "integrated gradients"}
SIMPLE_EFFECTS = "first_without", "first_with"
HALF = 0.5  # of images, where one of two classes leads at random
LEVELS = 255  # of brightness in an image of 8 bits
UNPLACED = "localisation is not measured, as the objects’ places are not known"  # B4
ANSWERS = Answers()


@ANSWERS.to("B2.1")
def _loop(claims: Claims) -> str:
    trained = len(list(claims.results.folder.glob("models/*/seed*/training.json")))
    return f"One function, `train`, trained {'all' if trained > 1 else 'the'} {counted(trained, 'network')} of this run"


@ANSWERS.to("B2.2")
def _shallow_net(claims: Claims) -> str:
    return f"One convolution and one dense layer, {claims.entry(SIMPLE, 'b2_shallownet')['parameters']:,} parameters"


@ANSWERS.to("B2.3")
def _shallow_net_trained(claims: Claims) -> str:
    return capitalised(claims.score(SIMPLE, "b2_shallownet"))


@ANSWERS.to("B2.4")
def _simple(claims: Claims) -> str:
    parameters = claims.entry(SIMPLE, "b2_simple_sgd")["parameters"]
    return f"A stem, two stages of two convolutions, global average pooling: {parameters:,} parameters"


@ANSWERS.to("B2.5")
def _both_simple(claims: Claims) -> str:
    return claims.change(SIMPLE, "b2_shallownet", "b2_simple_sgd")


@ANSWERS.to("B2.6")
def _normalised(claims: Claims) -> str:
    fitted = claims.study("capacity_cifar10")["fitted"]["b2_one_batch"]
    line = f"{_effects(claims, NORMALISED)}. One batch of {fitted['images']} images is memorised"
    return lined(line, *_cells(claims, NORMALISED), *_by_rate(claims))


def _by_rate(claims: Claims) -> list[str]:
    """What SGD's rates give without and with batch normalisation, and the highest with which each network learns."""
    told, highest = [], []
    for side, names in RATES.items():
        entries = _entries_by_rate(claims, *names)
        learns = [f"{rate:g}" for rate, entry in entries.items() if _learns(entry)]
        told.append(f"{side} it {listing(_accuracies_by_rate(claims, entries))}")
        highest.append(f"{learns[-1] if learns else 'none'} {side} it")
    return [
        f"SGD’s rates, on validation: {', '.join(told)}",
        f"the highest of these rates with which the network learns: {', '.join(highest)}",
    ]


def _entries_by_rate(claims: Claims, group: str, slowest: str) -> dict[float, Mapping]:
    """The members of a sweep, and a network with a rate below theirs, in the order of their rates."""
    members = [rank["variant"] for rank in claims.study(NORMALISED)["best"][group]["ranking"]]
    rates = {name: claims.setting(name, "optimiser.learning_rate") for name in (*members, slowest)}
    return {rates[name]: claims.entry(NORMALISED, name) for name in sorted(rates, key=rates.__getitem__)}


def _accuracies_by_rate(claims: Claims, entries: Mapping[float, Mapping]) -> list[str]:
    seeds = {entry["seeds"] for entry in entries.values()}
    return [
        f"{claims.mean(NORMALISED, entry['variant'])}{' (diverged)' * _diverged(entry)} at {rate:g}"
        f"{_with(entry['seeds'], seeds)}"
        for rate, entry in entries.items()
    ]


def _learns(entry: Mapping) -> bool:
    return not _diverged(entry) and not markers.void_flags(entry)


def _diverged(entry: Mapping) -> bool:
    """With half of the seeds or more, as for flags."""
    return 2 * entry["diverged"] >= entry["seeds"]


def _effects(claims: Claims, study: str) -> str:
    """What a part changes with SGD and with Adam, or in the plain and the normalised network."""
    return _by_optimiser(claims.effects(study, *SIMPLE_EFFECTS))


def _cells(claims: Claims, study: str) -> list[str]:
    return [_by_optimiser(clause) for clause in claims.cells(study, *SIMPLE_EFFECTS)]


def _by_optimiser(clause: str) -> str:
    return clause.replace("without Adam", "with SGD")


@ANSWERS.to("B2.7")
def _shortcuts(claims: Claims) -> str:
    plain, residual = (claims.entry(RESIDUAL, f"b2_{name}")["parameters"] for name in ("simple_bn_adam", "residual_bn"))
    return f"A shortcut over each stage, which adds {residual - plain:,} parameters to {plain:,}"


@ANSWERS.to("B2.8")
def _residual(claims: Claims) -> str:
    return lined(_effects(claims, RESIDUAL), *_cells(claims, RESIDUAL))


@ANSWERS.to("B2.9")
def _transforms(claims: Claims) -> str:
    others = claims.compared(TRANSFORMS, "b2_untransformed")
    most = claims.most(TRANSFORMS, "b2_untransformed", others)
    lively = [name for name in others if not claims.lifeless(TRANSFORMS, name)]
    gaps = {name: _gap(claims, TRANSFORMS, name) for name in ("b2_untransformed", *lively)}
    least = min(gaps, key=gaps.__getitem__)
    plain = claims.mean(TRANSFORMS, "b2_untransformed")
    line = f"Of {len(others)} transforms, {most}; without, {plain}"
    if least == "b2_untransformed":
        return lined(line, "none narrows the gap between training and validation accuracy")
    return lined(
        line,
        f"the gap of training to validation accuracy, {gaps['b2_untransformed']:.1f} points without, is least with "
        f"{claims.title(TRANSFORMS, least)}, {gaps[least]:.1f}{claims.marks(TRANSFORMS, least)}",
    )


def _gap(claims: Claims, study: str, variant: str) -> float:
    accuracy = claims.entry(study, variant)["accuracy"]
    return 100 * (accuracy["train"]["mean"] - accuracy["validation"]["mean"])


@ANSWERS.to("B2.10")
def _schedule(claims: Claims) -> str:
    return lined(
        claims.change(SCHEDULES, "b2_constant", "b2_step"), claims.best_epochs(SCHEDULES, "b2_step", "b2_constant")
    )


@ANSWERS.to("B2.11")
def _rates(claims: Claims) -> str:
    values = [_best_value(claims, *sweep) for sweep in SWEEPS.items()]
    diverged = sum(entry["diverged"] for entry in claims.study(SCHEDULES)["variants"])
    trainings = f"{diverged or 'no'} training{'s' * (diverged > 1)} diverged"
    line = f"Best on validation: {listing([named for named, _ in values])}; {trainings}"
    return lined(line, *(remarks for _, remarks in values))


def _best_value(claims: Claims, group: str, sweep: tuple[str, str, str | None]) -> tuple[str, str]:
    """The best value of a sweep, of which the study has one more as a network of its own, and remarks on it.

    These are whether it ends the range, how many others its interval covers, and which is best instead by the lowest
    loss, and by the best epoch of each.
    """
    key, words, further = sweep
    members = [rank["variant"] for rank in claims.study(SCHEDULES)["best"][group]["ranking"]]
    entries = [claims.entry(SCHEDULES, name) for name in (*members, *([further] if further else []))]
    values = {entry["variant"]: claims.setting(entry["variant"], key) for entry in entries}
    best = max(entries, key=lambda entry: entry["accuracy"]["validation"]["mean"])
    value, low = values[best["variant"]], best["accuracy"]["validation"]["low"]
    known = [entry for entry in entries if entry["accuracy"]["validation"]["loss"] is not None] or [best]
    lowest = values[min(known, key=lambda entry: entry["accuracy"]["validation"]["loss"])["variant"]]
    highest = values[max(entries, key=lambda entry: (entry["highest_validation"], entry is best))["variant"]]
    accuracies = [entry["accuracy"]["validation"]["mean"] for entry in entries]
    tied = tied_with_best(accuracies)
    near = sum(share >= low for share in accuracies) - 1 - tied
    remarks = [
        *([f"{part_of(tied, len(entries) - 1, 'other value')} as accurate"] if tied else []),
        *(["it ends the range"] if value in (min(values.values()), max(values.values())) else []),
        *(
            [f"{part_of(near, len(entries) - 1, 'other value')} within its interval{' besides' * (tied > 0)}"]
            if near
            else []
        ),
        *([] if lowest == value else [f"the lowest validation loss is at {lowest:g}"]),
        *([] if highest == value else [f"by the best epoch of each value, {highest:g} is best"]),
    ]
    score = f"{claims.mean(SCHEDULES, best['variant'])}{_with(best['seeds'], {entry['seeds'] for entry in entries})}"
    named = f"{words} {value:g} of {len(entries)} values ({score})"
    return named, f"of {words} {value:g}: {', '.join(remarks)}" if remarks else ""


@ANSWERS.to("B2.12")
def _best_of_all(claims: Claims) -> str:
    entries = [(study, entry) for study in OF_B for entry in claims.study(study)["variants"]]
    study, best = max(entries, key=lambda pair: pair[1]["accuracy"]["validation"]["mean"])
    score = claims.score(study, best["variant"], "validation", "test")
    seeds = {entry["seeds"] for _, entry in entries}
    highest = best["accuracy"]["validation"]["mean"]
    others = sorted(
        {
            f"{claims.title(own, entry['variant'])}{markers.of(entry)}"
            for own, entry in entries
            if entry["accuracy"]["validation"]["mean"] == highest and entry["variant"] != best["variant"]
        }
    )
    said = f"; on validation {listing(others)} as much" if others else ""
    return f"{claims.title(study, best['variant'])}: {score}{_with(best['seeds'], seeds)}{said}"


def _with(seeds: int, all_: set[int]) -> str:
    """With how many seeds a network was trained, where not all that it is compared with have as many."""
    return f" with {counted(seeds, 'seed')}" if len(all_) > 1 else ""


@ANSWERS.to("B3.1")
def _saliency(claims: Claims) -> str:
    """Where the gradient's maps lie; of the other methods the same, as details."""
    first, *others = (_on_the_object(claims, method, words) for method, words in SALIENCY.items())
    if of_all(first).startswith("void"):
        return of_all(first)
    told = [
        f"{f'{network}: ' if len(first) > 1 else ''}{sentence.partition('; ')[0]}"
        for other in others
        for network, sentence in other.items()
    ]
    return of_all(first, *told)


def _on_the_object(claims: Claims, method: str, words: str) -> dict[str, str]:
    """By network, how much of a method's maps lies on the object, or in the middle where that is not known."""
    sought = "mass lies on the object", "central quarter"
    return claims.of_each(
        method, lambda summary: f"by {words}, {plainly(beside_permuted(claims.first(summary, *sought)))}"
    )


@ANSWERS.to("B3.2")
def _fooling(claims: Claims) -> str:
    return of_all(claims.of_each("fooling", lambda found: _fooled(claims, found)))


def _fooled(claims: Claims, found: Mapping) -> str:
    if not found["tried"]:
        return "every image was classified as its target from the start"
    crossed = part_of(found["crossed"], found["tried"], "changed image")
    are = "is" if found["crossed"] == found["tried"] == 1 else "are"
    line = f"{crossed} {are} taken for the target{_transferred(claims, found)}"
    if not found["crossed"]:
        return line
    some = "" if found["fooled"] == found["crossed"] else f"{found['fooled'] or 'none'} of them "
    margin = f"{some}with a margin of {decimal(found['margin'])}"
    if found["fooled"]:
        steps = f"{found['steps']:g} step{'s' * (found['steps'] != 1)}"
        most = f"{found['linf_largest']:.0f} of {LEVELS} levels"
        margin += f" after {steps} in the median, the largest change of a pixel {most}"
    return f"{line}; {margin}"


def _transferred(claims: Claims, found: Mapping) -> str:
    """Whether fooling images fool a second network as well, more often than the images that they were made of."""
    moved = found.get("transferred")
    if moved is None:
        return ", with no second network of its classes to try them on" if found["fooled"] else ""
    second = f"“{found['second']}”{claims.flagged(found['second_name'])}"
    if claims.lifeless_network(found["second_name"]):
        return f", transfer void as {second} learned nothing"
    fooled = f", {part_of(moved, found['fooled'], 'image')} by {second}"
    if not moved:
        return fooled  # which is not more than any number
    test = "too few to test" if found["p"] is None else "more than without the change"
    if found["p"] is not None and (found["p"] > LEVEL or moved <= found["transferred_before"]):
        test = "not shown to be more than without the change"
    return f"{fooled} too, {test}"


@ANSWERS.to("B4")
def _response(claims: Claims) -> str:
    told = claims.of_each("response", _localised)
    if set(told.values()) == {UNPLACED}:
        return UNPLACED
    unknown = UNPLACED in claims.of_each("response", lambda found: "" if _placed(found) else UNPLACED).values()
    return of_all(told, *([UNPLACED] if unknown and UNPLACED not in told.values() else []))


def _placed(found: Mapping) -> bool:
    """Whether the objects' places are known, so that localisation was measured."""
    return "pointing" in found["scales"][-1]


def _localised(found: Mapping) -> str:
    """Whether the highest response lies on the object; without outlines, whether predictions outlast enlarging."""
    largest = found["scales"][-1]
    enlarged = f"enlarged {largest['factor']:g} times, " if largest["factor"] != 1 else ""
    if _placed(found):
        hits = part_of(largest["pointing"], largest["n"], "image")
        told = f"{enlarged}the strongest response lies on the object in {hits}, {_beside_random(largest)}"
        middle = f"{_beside_middle(largest)} the middle of the image, in {largest['centre']}"
        return f"{told}, {middle}; sign test against the middle p = {decimal(largest['p_centre'], 3)}"
    if not largest["compared"] or largest["factor"] == 1:  # at its own size the predicted class leads by definition
        return UNPLACED
    ahead = part_of(largest["ahead"], largest["compared"], "image")
    low, high = wilson(largest["ahead"], largest["compared"])
    shares = f"[{percent(low, 0)}, {percent(high, 0)}]"
    open_ = ": whether more often than not is open" if low <= HALF <= high else ""
    return f"{enlarged}the class predicted before still leads over the second one in {ahead} {shares}{open_}"


def _beside_random(scale: Mapping) -> str:
    """Whether the highest response lies on objects more often than a random position, which does by their area."""
    more = "more than" if scale["p"] <= LEVEL else "not shown to be more than"
    return f"{more} a random position ({percent(scale['covered'], 0)}, p = {decimal(scale['p'], 3)})"


def _beside_middle(scale: Mapping) -> str:
    if scale["p_centre"] > LEVEL:
        return "not shown to be more or fewer than"
    return "more than" if scale["pointing"] > scale["centre"] else "fewer than"
