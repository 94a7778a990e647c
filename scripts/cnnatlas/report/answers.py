"""The answer to every item of config/items.yaml in a line, computed from the results of the run.

An answer is a function of `Claims`, registered under the item's id; it is Markdown without a full stop at its end. One
that begins with "void" says that the networks which it is about learned nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.metrics import wilson
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.evaluation.verdicts import LEVEL
from cnnatlas.files import read_json
from cnnatlas.report import parts
from cnnatlas.report.audit import in_order
from cnnatlas.report.authoring import show
from cnnatlas.report.claims import Claims
from cnnatlas.report.theory import power_of_ten, size
from cnnatlas.report.variant import OPTIMISERS
from cnnatlas.wording import capitalised, counted, decimal, listing, part_of, percent

Answer = Callable[[Claims], str]
ANSWERS: dict[str, Answer] = {}

DENSE, POOLED = "dense_head_cifar10", "global_pooling_cifar10"
BLOCKS, SCRATCH, TRANSFER = "blocks_cifar10", "cats_dogs", "transfer_cats_dogs"
SIMPLE, NORMALISED, RESIDUAL = "simple_cifar10", "normalised_simple_cifar10", "residual_cifar10"
TRANSFORMS, SCHEDULES = "transforms_cifar10", "schedules_cifar10"
LENET, RESNET, STL10 = "lenet_caltech101", "resnet18_caltech101", "stl10"
OF_B = (SIMPLE, NORMALISED, RESIDUAL, TRANSFORMS, SCHEDULES)
SWEEPS = {  # of B2.11: the key, in words, and the network whose value they leave out, for it is there already
    "b2_sgd_rate": ("optimiser.learning_rate", "SGD’s learning rate", "b2_constant"),
    "b2_adam_rate": ("optimiser.learning_rate", "Adam’s learning rate", None),
    "b2_gamma": ("schedule.gamma", "StepLR’s gamma", "b2_step"),
}
BRIEF = {  # what a sentence of an interpretation loses or becomes in an answer
    r" \([^()]*95 % interval[^()]*\)": "",
    r" \(maps of [^()]*\)|(?<=maps) of [\w.]+(?= (?:is|are) dead)|\bnetwork\.|^of these methods, ": "",
    r"deletion and insertion say nothing, as [^;]*": "deletion and insertion say nothing",
    r"localisation is not tested, as .*": "localisation is not tested",
    r"^[Oo]f (?:[5-9]|\d[\d,]+) images the object’s pixels are known: ": "",  # of fewer their number matters
    "dead on every image": "zero on every image shown",
    "; the share of zeros rises on one image and falls on the other": "",
    r"the last layer shown, [\w.]+,": "the last layer shown",
    r"the first layer shown, [\w.]+": "the first",
    r"with permuted weights it is": "with permuted weights",
    " by one measure and worse by none": "",
    "the maps are about the object more than about the background": "more than in an even map",
    "the maps are about the background more than about the object": "less than in an even map",
    "whether the maps are about the object or the background is open": "not clearly more or less than in an even map",
}
CONTRAST = ("where the network errs", "is not significant")  # how a sentence on right and wrong predictions is known
LAYERS = re.compile(r"(?<=filters of )\w+\.[\w.]+(?:(?:, | and )[\w.]+)+")
LEVELS = 255  # of brightness in an image of 8 bits
NAMED = 5  # classes
MEANT = 65  # per cent on validation, what assignment E expects


def answer(item: str, claims: Claims) -> str:
    """The answer to an item; raises AtlasError where there is none for it."""
    if item not in ANSWERS:
        raise AtlasError(
            f"config/items.yaml: item {item} has no answer; add a function for it to scripts/cnnatlas/report/answers.py"
        )
    return ANSWERS[item](claims)


def show_answers(claims: Claims, *items: str) -> None:
    """Show the answers to items, in bold; with the item's id where no heading has it: of several, of the workflow's."""
    for item in items:
        named = f"{item}: " if len(items) > 1 or item[0] in "UX" else ""
        with parts.placed(parts.ANSWER):
            show(f"**{named}{capitalised(answer(item, claims))}.**")


def _answers(*items: str) -> Callable[[Answer], Answer]:
    """Register a function as the answer to items."""

    def register(function: Answer) -> Answer:
        ANSWERS.update(dict.fromkeys(items, function))
        return function

    return register


def _says(item: str, text: str) -> None:
    """An answer that holds in every run."""
    ANSWERS[item] = lambda claims: text


_says("U1", "Yes, one repository holds them all")
_says("U3", "Yes, one graph of jobs leads from the data's archives to this page")
_says("U5", "Yes, with `--profile profiles/slurm`")
_says("U6", "Yes: of scripts with all that they import, keys of the configuration, input files")
_says("X1", "Yes: a job runs again where content that it depends on has changed")
_says("X5", "Yes: a training goes on from its last checkpoint, and ends with the same bytes")
_says("X7", "Yes: in captions on the web and in notebooks, in a list of the PDF's appendix")
_says(
    "A6",
    "Look for copies before splitting; state origin, terms and consent; open: do rankings outlive label errors",
)
_says("E4", "Yes: this PDF, web pages, and one executed notebook for each chapter")


@_answers("U2")
def _software(claims: Claims) -> str:
    used = read_json(claims.file("models/*/seed*/training.json"))["environment"]
    return f"Yes, here with PyTorch {used['torch']} and Python {used['python']}"


@_answers("U4")
def _command(claims: Claims) -> str:
    return f"Yes: `{claims.results.command}`"


@_answers("A1")
def _mytorch(claims: Claims) -> str:
    cases = [row for row in claims.agreement() if row["dtype"] == "float64"]
    keys = ("output", "input_gradient", "weight_gradient")
    apart = max(float(row[key]) for row in cases for key in keys)
    test = claims.results.json("foundations/mytorch/digits.json")["test"]
    return (
        f"Both passes agree with PyTorch to {power_of_ten(apart)} in {counted(len(cases), 'case')}; a network built "
        f"with it alone has {percent(test['accuracy'])} of {counted(test['n'], 'digit')} right"
    )


@_answers("A2a")
def _dense(claims: Claims) -> str:
    return _final(claims, DENSE, "a2a_final", "a dense head", ("a2a_vgg_bn", "a2a_whitened"))


@_answers("A2b")
def _pooled(claims: Claims) -> str:
    return _final(claims, POOLED, "a2b_final", "pooling", ("a2b_resnet_bn", "a2b_whitened"))


def _final(claims: Claims, study: str, variant: str, head: str, pair: tuple[str, str]) -> str:
    """A final network, the effects of both factors, and the second of `pair`, its design, beside a plain one."""
    effects = claims.effects(study, "first_main", "second_main")
    score = claims.score(study, variant, "validation", "test")
    trained = f"{claims.title(study, variant)}, {claims.budget(study, variant)}"
    plain = claims.budget(study, claims.study(study)["factorial"]["cells"]["neither"]["variant"])
    beside = f"{claims.title(study, pair[1])} against {claims.title(study, pair[0])}"
    return (
        f"{trained}: {score}. Effects in the plain network with {head}, {plain}: {effects}. {beside}: "
        f"{claims.gained(study, *pair)}"
    )


@_answers("A3a")
def _maps_of_both(claims: Claims) -> str:
    return _of_both(claims, "feature_maps", "Conclusion on")


def _of_both(claims: Claims, method: str, *words: str) -> str:
    dense, pooled = (claims.shown(network, method, *words) for network in ("a2a_final", "a2b_final"))
    return _two({"Dense head": dense, "Pooled": pooled})


def _two(sentences: Mapping[str, str]) -> str:
    """What is said of two networks, by what they are called; void where it is of both."""
    if all(sentence.startswith("void") for sentence in sentences.values()):
        return "void: both networks are at chance or collapsed; their maps mean nothing"
    plain = {name: _plainly(sentence) for name, sentence in sentences.items()}
    if len(set(plain.values())) == 1:
        return f"In both networks {next(iter(plain.values()))}"
    return ". ".join(f"{name}: {sentence}" for name, sentence in plain.items())


def _plainly(sentence: str) -> str:
    """A sentence in brief that follows a colon: without the words that say that it concludes."""
    start, colon, rest = sentence.partition(": ")
    text = _brief(rest if colon and start.startswith("Conclusion") else sentence)
    named = text.partition(" ")[0][1:] != text.partition(" ")[0][1:].lower()  # CAM, Grad-CAM, SmoothGrad
    return text if named else text[:1].lower() + text[1:]


def _brief(sentence: str) -> str:
    """A sentence of an interpretation without what its chapter gives in full: intervals, numbers of images, layers."""
    for pattern, words in BRIEF.items():
        sentence = re.sub(pattern, words, sentence)
    return LAYERS.sub(lambda names: f"{len(re.split(', | and ', names[0]))} layers", sentence)


@_answers("A3b")
def _gabor(claims: Claims) -> str:
    return _of_both(claims, "filters", "Gabor")


@_answers("A4")
def _maps(claims: Claims) -> str:
    words = ("mass lies on the object", "central quarter")
    dense, pooled = (_contrasted(claims, *of, *words) for of in (("a2a_final", "grad_cam"), ("a2b_final", "cam")))
    return _two({"Dense head": dense, "Pooled": pooled})


def _contrasted(claims: Claims, network: str, method: str, *words: str) -> str:
    """A sentence on a method's maps, and how those of right and wrong predictions differ."""
    said, contrast = claims.shown(network, method, *words), claims.shown(network, method, *CONTRAST)
    if said.startswith("void") or not any(word in contrast for word in CONTRAST):
        return said
    differ = "right and wrong predictions do not differ significantly"
    return f"{said}; {differ if CONTRAST[1] in contrast else contrast.partition(': ')[2]}"


@_answers("A5")
def _guided(claims: Claims) -> str:
    dense, pooled = (_edges_and_object(claims, network) for network in ("a2a_final", "a2b_final"))
    return _two({"Dense head": dense, "Pooled": pooled})


def _edges_and_object(claims: Claims, network: str) -> str:
    """What guided backpropagation follows: edges, and the object or the background."""
    method, central = "guided_backpropagation", "central quarter"
    edges, mass = (claims.shown(network, method, words, central) for words in ("edges of their", "mass lies on the"))
    return edges if edges.startswith("void") or mass == edges else f"{edges}; {_plainly(mass)}"


@_answers("X4")
def _audit(claims: Claims) -> str:
    files = sorted(claims.results.folder.glob("audit/*/audit.json"))
    audits = {claims.datasets[path.parent.name]: read_json(path) for path in files}
    if not audits:
        return "No data set was audited"
    found = {title: audit["duplicates"] for title, audit in audits.items()}
    leaked = {title: list(in_order(each["leaked"]).values())[-1]["share"] for title, each in found.items()}
    copies = [f"{percent(share, 2)} in {title}" for title, share in leaked.items() if share]
    ratio, title = max((audit["composition"]["balance"]["ratio"], title) for title, audit in audits.items())
    return (
        f"Duplicate pairs found by search: {sum(each['exact'] + each['near'] for each in found.values()):,}; held-out "
        f"images with a copy in training: {listing(copies) if copies else 'none'}; the largest class has at most "
        f"{ratio:.3g} times the images of the smallest, in {title}"
    )


@_answers("B1a")
def _locality(claims: Claims) -> str:
    near, mixed = (claims.value(f"b1a_neighbours_{name}") for name in ("as_drawn", "permuted"))
    return (
        f"Locality (in a drawn scene neighbours correlate by {near:.2f}, permuted ones by {abs(mixed):.2f}) and "
        "stationarity; they save weights and data, and fail in a table of patients, whose columns have no order"
    )


_says(
    "B1b",
    r"$\partial z[k] / \partial x[i] = y[(i + k) \bmod n]$, $\partial z[k] / \partial y[i] = x[(i - k) \bmod n]$",
)


@_answers("B1c")
def _costs(claims: Claims) -> str:
    dense, shared = (
        [claims.value(f"b1c_{layer}_{key}") for key in ("outputs", "parameters", "operations")] for layer in "fg"
    )
    return (
        f"For {dense[0]:,} outputs: dense {dense[1]:,} parameters and {dense[2]:,} operations, convolution "
        f"{shared[1]:,} and {shared[2]:,}"
    )


@_answers("B2.1")
def _loop(claims: Claims) -> str:
    trained = len(list(claims.results.folder.glob("models/*/seed*/training.json")))
    return f"One function, `train`, trained {'all' if trained > 1 else 'the'} {counted(trained, 'network')} of this run"


@_answers("B2.2")
def _shallow_net(claims: Claims) -> str:
    return f"One convolution and one dense layer, {claims.entry(SIMPLE, 'b2_shallownet')['parameters']:,} parameters"


@_answers("B2.3")
def _shallow_net_trained(claims: Claims) -> str:
    return capitalised(claims.score(SIMPLE, "b2_shallownet"))


@_answers("B2.4")
def _simple(claims: Claims) -> str:
    parameters = claims.entry(SIMPLE, "b2_simple_sgd")["parameters"]
    return f"A stem, two stages of two convolutions, global average pooling: {parameters:,} parameters"


@_answers("B2.5")
def _both_simple(claims: Claims) -> str:
    change = claims.change(SIMPLE, "b2_shallownet", "b2_simple_sgd")
    if change.startswith("void"):
        return change
    ours, theirs = (_last_losses(claims, SIMPLE)[name] for name in ("b2_simple_sgd", "b2_shallownet"))
    return f"{change}; training loss in the last epoch {ours:.3f} against {theirs:.3f}"


@_answers("B2.6")
def _normalised(claims: Claims) -> str:
    fitted = claims.study("capacity_cifar10")["fitted"]["b2_one_batch"]
    sgd, adam = (f"b2_simple_{name}" for name in ("sgd", "adam"))
    pairs = {"SGD": (sgd, "b2_simple_bn_sgd"), "Adam": (adam, "b2_simple_bn_adam")}
    effects = claims.effects(NORMALISED, "first_without", "first_with").replace("without Adam", "with SGD")
    losses = _training_losses(claims, NORMALISED, effects, pairs)
    return f"{effects}{losses}. One batch of {fitted['images']} images is memorised"


@_answers("B2.7")
def _shortcuts(claims: Claims) -> str:
    plain, residual = (claims.entry(RESIDUAL, f"b2_{name}")["parameters"] for name in ("simple_bn_adam", "residual_bn"))
    return f"A shortcut over each stage, which adds {residual - plain:,} parameters to {plain:,}"


@_answers("B2.8")
def _residual(claims: Claims) -> str:
    effects = claims.effects(RESIDUAL, "first_without", "first_with")
    pairs = {"plain": ("b2_simple_adam", "b2_residual"), "normalised": ("b2_simple_bn_adam", "b2_residual_bn")}
    return f"{effects}{_training_losses(claims, RESIDUAL, effects, pairs)}"


def _training_losses(claims: Claims, study: str, effects: str, pairs: Mapping[str, tuple[str, str]]) -> str:
    """Where training curves end without and with a part, by what it is put into; "" where its effects are void."""
    if effects.startswith("void"):
        return ""
    last, told = _last_losses(claims, study), []
    for network, (without, with_it) in pairs.items():
        told.append(f"{network} {last[without]:.3f} without and {last[with_it]:.3f} with")
    return f"; training loss in the last epoch: {', '.join(told)}"


def _last_losses(claims: Claims, study: str) -> dict[str, float]:
    """Training losses of a study's variants, means over their last epoch."""
    return {entry["variant"]: entry["loss"] for entry in claims.study(study)["training_curves"]["variants"]}


@_answers("B2.9")
def _transforms(claims: Claims) -> str:
    others = claims.compared(TRANSFORMS, "b2_untransformed")
    most = claims.most(TRANSFORMS, "b2_untransformed", others)
    lively = [name for name in others if not claims.lifeless(TRANSFORMS, name)]
    gaps = {name: _gap(claims, TRANSFORMS, name) for name in ("b2_untransformed", *lively)}
    least = min(gaps, key=gaps.__getitem__)
    plain = percent(claims.entry(TRANSFORMS, "b2_untransformed")["accuracy"]["validation"]["mean"])
    start = f"Without, {plain} on validation; of {len(others)} transforms"
    if least == "b2_untransformed":
        return f"{start}, {most}; none narrows the gap between training and validation accuracy"
    return (
        f"{start}, {most}; the gap of training to validation accuracy, {gaps['b2_untransformed']:.1f} points "
        f"without, is least with {claims.title(TRANSFORMS, least)}, {gaps[least]:.1f}"
    )


def _gap(claims: Claims, study: str, variant: str) -> float:
    accuracy = claims.entry(study, variant)["accuracy"]
    return 100 * (accuracy["train"]["mean"] - accuracy["validation"]["mean"])


@_answers("B2.10")
def _schedule(claims: Claims) -> str:
    return claims.change(SCHEDULES, "b2_constant", "b2_step")


@_answers("B2.11")
def _rates(claims: Claims) -> str:
    named = [_best_value(claims, *sweep) for sweep in SWEEPS.items()]
    diverged = sum(entry["diverged"] for entry in claims.study(SCHEDULES)["variants"])
    return f"Best on validation: {listing(named)}; {diverged or 'no'} training{'s' * (diverged > 1)} diverged"


def _best_value(claims: Claims, group: str, sweep: tuple[str, str, str | None]) -> str:
    """The best value of a sweep, of which the study has one more as a network of its own.

    Also whether it ends the range, how many others its interval covers, and which value has the lowest loss instead.
    """
    key, words, further = sweep
    members = [rank["variant"] for rank in claims.study(SCHEDULES)["best"][group]["ranking"]]
    entries = [claims.entry(SCHEDULES, name) for name in (*members, *([further] if further else []))]
    values = {entry["variant"]: claims.setting(entry["variant"], key) for entry in entries}
    best = max(entries, key=lambda entry: entry["accuracy"]["validation"]["mean"])
    value, low = values[best["variant"]], best["accuracy"]["validation"]["low"]
    end = "; an end of the range" if value in (min(values.values()), max(values.values())) else ""
    near = sum(entry["accuracy"]["validation"]["mean"] >= low for entry in entries) - 1
    lowest = values[min(entries, key=lambda entry: entry["accuracy"]["validation"]["loss"])["variant"]]
    by_loss = "" if lowest == value else f"; the lowest validation loss is at {lowest:g}"
    within = f"; {part_of(near, len(entries) - 1, 'other value')} within its interval" if near else ""
    score = percent(best["accuracy"]["validation"]["mean"])
    return f"{words} {value:g} of {len(entries)} values ({score}{within}{end}{by_loss})"


@_answers("B2.12")
def _best_of_all(claims: Claims) -> str:
    entries = [(study, entry) for study in OF_B for entry in claims.study(study)["variants"]]
    study, best = max(entries, key=lambda pair: pair[1]["accuracy"]["validation"]["mean"])
    return f"{claims.title(study, best['variant'])}: {claims.score(study, best['variant'], 'validation', 'test')}"


@_answers("B3.1")
def _saliency(claims: Claims) -> str:
    words = ("mass lies on the object", "central quarter")
    return claims.of_each("gradient", lambda summary: f"by the gradient, {_plainly(claims.first(summary, *words))}")


@_answers("B3.2")
def _fooling(claims: Claims) -> str:
    return claims.of_each("fooling", _fooled)


def _fooled(found: Mapping) -> str:
    if not found["tried"]:
        return "every image was classified as its target from the start"
    crossed = part_of(found["crossed"], found["tried"], "changed image")
    some = f", {found['fooled'] or 'none'} of them" if found["fooled"] < found["crossed"] else ""
    margin = f"{some} with a margin of {decimal(found['margin'])}" if found["crossed"] else ""
    if found["fooled"]:
        steps = f"{found['steps']:g} step{'s' * (found['steps'] != 1)}"
        most = f"{found['linf_largest']:.0f} of {LEVELS} levels"
        margin += f" after {steps} in the median, no pixel changed by more than {most}"
    return f"{crossed} taken for the target{margin}{_transferred(found)}"


def _transferred(found: Mapping) -> str:
    """Whether fooling images fool a second network as well, more often than the images that they were made of."""
    moved = found.get("transferred")
    if moved is None:
        return ""
    test = "too few to test" if found["p"] is None else "more than without the change"
    if found["p"] is not None and (found["p"] > LEVEL or moved <= found["transferred_before"]):
        test = "not shown to be more than without the change"
    taken = part_of(moved, found["fooled"], "image")
    return f"; “{found['second']}” takes {taken} for the target{' too' if moved else ''}, {test}"


@_answers("B4")
def _response(claims: Claims) -> str:
    return claims.of_each("response", _localised)


def _localised(found: Mapping) -> str:
    """Whether the highest response lies on the object; without outlines, whether predictions outlast enlarging."""
    largest = found["scales"][-1]
    enlarged = f"enlarged {largest['factor']:g} times, " if largest["factor"] != 1 else ""
    if "pointing" in largest:
        p = "p < 0.001" if largest["p"] < 0.0005 else f"p = {decimal(largest['p'], 3)}"
        hits, chance = part_of(largest["pointing"], largest["n"], "image"), percent(largest["covered"])
        return f"{enlarged}the strongest response lies on the object in {hits} ({chance} by chance; one-sided {p})"
    unknown = "where the objects are is not known"
    if not largest["compared"] or largest["factor"] == 1:  # at its own size the predicted class leads by definition
        return unknown
    ahead = part_of(largest["ahead"], largest["compared"], "image")
    low, high = wilson(largest["ahead"], largest["compared"])
    shares = f"[{percent(low, 0)}, {percent(high, 0)}]"
    return f"{unknown}; {enlarged}the class predicted before still leads over the second one in {ahead} {shares}"


@_answers("C0.1")
def _convolved(claims: Claims) -> str:
    return _rows(claims.value("c0_1"))


def _rows(matrix: Sequence[Sequence[float]]) -> str:
    """A matrix in a line: [45 45; 54 54]."""
    return f"[{'; '.join(' '.join(f'{value:g}' for value in row) for row in matrix)}]"


@_answers("C0.2")
def _padded(claims: Claims) -> str:
    return _rows(claims.value("c0_2"))


@_answers("C0.3")
def _dilated(claims: Claims) -> str:
    return f"{_rows(claims.value('c0_3'))} with padding 2; without, the kernel does not fit"


@_answers("C0.4")
def _matching(claims: Claims) -> str:
    place, found = claims.value("c0_4_place"), claims.value("c0_4_normalised_peak")
    where = "where the template was cut out" if place == found else "elsewhere than where the template was cut out"
    return f"Where the image looks like the filter, the response is large: normalised, greatest {where}"


@_answers("C0.5")
def _pyramid(claims: Claims) -> str:
    levels = sum(name.startswith("c0_5_level") and name.endswith("shape") for name in claims.theory)
    return f"Shrink the image, not the window: one template finds a face of another size on each of {levels} levels"


@_answers("C0.6")
def _trade(claims: Claims) -> str:
    stages = [claims.value(f"c0_6_{k}") for k in range(3)]
    same = len({products for _, _, products in stages}) == 1
    return (
        "Less of where for more of what: half the resolution and twice the channels halve the values, and "
        f"{'keep' if same else 'change'} the multiply-adds of a 3 × 3 convolution"
    )


@_answers("C0.7")
def _size(claims: Claims) -> str:
    return " × ".join(map(str, claims.value("c0_7")))


@_answers("C0.8")
def _size_at_stride(claims: Claims) -> str:
    return " × ".join(map(str, claims.value("c0_8")))


@_answers("C0.9")
def _bottleneck(claims: Claims) -> str:
    share = claims.value("c0_9_bottleneck") / claims.value("c0_9_wide")
    return f"It multiplies each pixel's channels by one matrix; a bottleneck needs {percent(share, 0)} of the weights"


@_answers("C0.10")
def _depth(claims: Claims) -> str:
    fields = [claims.value(f"c0_10_field_{k}") for k in (0, 2)]
    return (
        "Early layers respond to edges and colours, deep ones to parts and objects, as receptive fields grow: "
        f"{fields[0]} pixels after one 3 × 3 layer, {fields[1]} after three"
    )


@_answers("C0.11")
def _pooling(claims: Claims) -> str:
    return ", ".join(f"{name} {_rows(rows)}" for name, rows in zip("RGB", claims.value("c0_11"), strict=True))


@_answers("C0.12")
def _pooling_for(claims: Claims) -> str:
    before, after = (percent(claims.value(f"c0_12_{name}"), 0) for name in ("before", "after"))
    return (
        f"Smaller maps, some tolerance of shifts: a shift by one pixel changes a map of edges by {before} of its norm, "
        f"pooled by {after}"
    )


_says("C0.13", "More varied images from the same data: harder to memorise; most useful where images are few")
_says("C0.14", "Features learned on much data serve a similar task with little: fewer images and less time")
_says("C0.15", "To protect the pretrained weights against the first gradients of a random head, and to save time")
_says("C0.16", "First the head, then the last layers at a learning rate ten to a hundred times lower")
_says("C0.19", "Keep the outputs of one pass, show each channel: what is kept, and which channels are dead")
_says("C0.20", "Gradient ascent on the input maximises a filter: what the filter detects, free of any image")
_says("C0.21", "Maps weighted by the class score's pooled gradients: which places are evidence for a class")


@_answers("C0.17")
def _inception(claims: Claims) -> str:
    reduced, full = (sum(claims.value(f"c0_17_{name}")) for name in ("inception", "naive"))
    return f"Several kernel sizes side by side, to choose from; 1 × 1 reductions leave {reduced:,} of {full:,} weights"


_says("C0.18", "Through the identity, gradients reach early layers whole: very deep networks can be trained")


@_answers("C1a")
def _subset(claims: Claims) -> str:
    return f"{_images(claims, SCRATCH, 'c1c_basic')}, as many cats as dogs"


def _images(claims: Claims, study: str, variant: str) -> str:
    accuracy = claims.entry(study, variant)["accuracy"]
    return (
        listing([f"{accuracy[split]['images']:,} {NAMES[split]}" for split in NAMES if split in accuracy]) + " images"
    )


_says("C1b", "Batches are indices into one array: in random order for training, in a fixed one for the others")


@_answers("C1c")
def _scratch(claims: Claims) -> str:
    return capitalised(claims.score(SCRATCH, "c1c_basic"))


@_answers("C1d")
def _tuned(claims: Claims) -> str:
    return claims.against(SCRATCH, "best(c1d_trial)", "c1c_basic", "c1d_augmented") + _rejected(
        claims, SCRATCH, "best(c1d_trial)", "c1c_basic"
    )


def _rejected(claims: Claims, study: str, tuned: str, base: str) -> str:
    """That validation, which chose among trials, would keep the network that they started from; else ""."""
    ours, theirs = (claims.entry(study, name)["accuracy"]["validation"]["mean"] for name in (tuned, base))
    if ours > theirs:
        return ""
    return f"; validation ({percent(ours)} against {percent(theirs)}) would keep {claims.title(study, base)}"


@_answers("C1e")
def _activations(claims: Claims) -> str:
    return _plainly(claims.shown("c1c_basic", "feature_maps", "Conclusion on"))


@_answers("C1f")
def _maximised(claims: Claims) -> str:
    return _plainly(claims.shown("c1c_basic", "activation_maximisation", "Conclusion", "activate"))


@_answers("C1g")
def _frozen(claims: Claims) -> str:
    base = claims.setting("c1g_frozen", "base")
    return f"{claims.against(TRANSFER, 'c1g_frozen', 'c1c_basic')}; the base is `{base}`"


@_answers("C1h")
def _fine_tuned(claims: Claims) -> str:
    tuned = {"the last block": "c1h_last_block", "all of them": "c1h_all"}
    told = "; ".join(_fine_tuned_from_frozen(claims, name) for name in tuned.values())
    stand = [claims.stands(TRANSFER, name, {"c1g_frozen": "the frozen base"}) for name in tuned.values()]
    if not all(stand):
        return told
    either = [f"with {blocks} trained {where}" for blocks, where in zip(tuned, stand, strict=True)]
    return f"{f'Either way {stand[0]}' if len(set(stand)) == 1 else capitalised(listing(either))}: {told}"


def _fine_tuned_from_frozen(claims: Claims, tuned: str) -> str:
    entry = claims.entry(TRANSFER, tuned)
    kept = f"epoch {entry['best_epoch']:g} of {entry['epochs']:g} kept{' on average' if entry['seeds'] > 1 else ''}"
    return f"{claims.against(TRANSFER, tuned, 'c1g_frozen')}; {kept}"


@_answers("C1i")
def _augmented(claims: Claims) -> str:
    return claims.against(TRANSFER, "c1i_augmented", "c1g_frozen")


@_answers("C2a")
def _pickles(claims: Claims) -> str:
    return f"{_images(claims, BLOCKS, 'c2b_basic')}, by an unpickler that knows arrays and nothing else"


@_answers("C2b")
def _basic(claims: Claims) -> str:
    return capitalised(claims.score(BLOCKS, "c2b_basic"))


@_answers("C2c")
def _basic_tuned(claims: Claims) -> str:
    tuned = claims.against(BLOCKS, "best(c2c_trial)", "c2b_basic")
    return f"{tuned}{_rejected(claims, BLOCKS, 'best(c2c_trial)', 'c2b_basic')}"


@_answers("C2d")
def _with_inception(claims: Claims) -> str:
    pair = BLOCKS, "c2d_inception", "c2b_basic"
    return f"{claims.against(*pair)}; {_times(claims, *pair)} of {claims.title(BLOCKS, 'c2b_basic')}"


@_answers("C2e")
def _with_residual(claims: Claims) -> str:
    against = claims.against(BLOCKS, "c2e_residual", "c2d_inception", "c2b_basic")
    times = _times(claims, BLOCKS, "c2e_residual", "c2d_inception")
    return f"{against}; {times} of {claims.title(BLOCKS, 'c2d_inception')}"


@_answers("D1.1")
def _shallow(claims: Claims) -> str:
    return _trained(claims, "d1_shallow")


def _trained(claims: Claims, variant: str) -> str:
    accuracy = claims.entry(STL10, variant)["accuracy"]
    losses = listing([f"{accuracy[split]['loss']:.3f}" for split in NAMES if split in accuracy])
    optimiser, batch = (claims.setting(variant, key) for key in ("optimiser", "batch_size"))
    name = OPTIMISERS.get(optimiser["name"], optimiser["name"])
    recipe = f"{name}, rate {optimiser['learning_rate']:g}, batches of {batch}"
    trained = f"{capitalised(claims.budget(STL10, variant))}, {recipe}"
    return f"{trained}: {claims.score(STL10, variant, *NAMES)}; losses {losses}"


@_answers("D1.2")
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
    return f"Shown are {counted(len(right), 'image')} of {classes}{missing}; {score}"


@_answers("D1.3")
def _mistaken(claims: Claims) -> str:
    found = claims.study(STL10)["confused"]["d1_shallow"]
    if not found["pairs"]:
        return found["sentence"].rstrip(".")
    if "errors say nothing" in found["sentence"]:  # one class for most images
        return f"{found['sentence'].rstrip('.')}{_mistakes_shown(claims)}"
    share = sum(pair["share"] for pair in found["pairs"])
    never = f"; {found['never']}" if found["never"] else ""
    pairs = listing([pair["named"] for pair in found["pairs"]]) + found["tied"]
    told = [_most_confident_mistake(claims), f"most often confused: {pairs}, {percent(share)} of all errors{never}"]
    return capitalised("; ".join(filter(None, told)))


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
    score = decimal(float(worst["score"]))
    return f"most confident mistake: {worst['class']} taken for {worst['prediction']} with a score of {score}"


@_answers("D1.4")
def _similar(claims: Claims) -> str:
    void = claims.lifeless(STL10, "d1_shallow")
    if void:
        return f"{void}; whether its splits err alike says nothing. {_alike(claims, 'd2_deep')}"
    return _alike(claims, "d1_shallow")


def _alike(claims: Claims, variant: str) -> str:
    """Whether the errors of a network's splits are similar, in kind and in number."""
    void, name = claims.lifeless(STL10, variant), claims.title(STL10, variant)
    if void:
        return void.removeprefix("void: ")
    rates, classes = (_verdicts(claims.similarity(variant), question) for question in ("rates", "pattern"))
    return f"{name}: which classes are confused {classes}; how often they are {rates}"


def _verdicts(pairs: Sequence[Mapping], question: str) -> str:
    """Which pairs of splits are similar or different, and of which that cannot be told."""
    by_verdict: dict[str, list[str]] = {}
    for pair in pairs:
        verdict = pair[question]["verdict"]
        told = verdict if verdict.startswith("cannot") else f"is {verdict}"
        by_verdict.setdefault(told, []).append(f"{NAMES[pair['a']]}–{NAMES[pair['b']]}")
    if len(by_verdict) == 1:
        return f"{next(iter(by_verdict))} in all splits"
    return ", ".join(f"{verdict} in {listing(names)}" for verdict, names in by_verdict.items())


@_answers("D2.1")
def _deep(claims: Claims) -> str:
    return _trained(claims, "d2_deep")


@_answers("D2.2")
def _normalised_augmented(claims: Claims) -> str:
    normalised = claims.against(STL10, "d2_deep_normalised", "d2_deep")
    augmented = claims.against(STL10, "best(d2_deep_augmented)", "d2_deep_normalised", "d2_deep")
    drawn = claims.drawn(STL10, "best(d2_deep_augmented)").replace("resized crop [1.0, 1.0]", "no crop")
    chosen = f"; chosen on validation: {drawn}"
    rejected = _rejected(claims, STL10, "best(d2_deep_augmented)", "d2_deep_normalised")
    return f"{normalised}; {augmented}{chosen}{rejected}"


@_answers("D2.3")
def _own(claims: Claims) -> str:
    faster = claims.matched(STL10, "d2_deep", "d2_own")
    against = claims.against(STL10, "d2_own", "best(others)", "d2_deep")
    deep = claims.title(STL10, "d2_deep")
    named = {"d2_deep": "the deep network", "best(others)": "the best of all others by validation"}
    stands = claims.stands(STL10, "d2_own", named)
    lead = f"{capitalised(stands)}: " if stands else ""
    return f"{lead}{against}; {_times(claims, STL10, 'd2_own', 'd2_deep')} of {deep}{faster}"


def _times(claims: Claims, study: str, ours: str, theirs: str) -> str:
    """How large and how costly a network is beside another."""
    mine, other = (claims.entry(study, name) for name in (ours, theirs))
    parameters, work = (mine[key] / other[key] for key in ("parameters", "multiply_adds"))
    return f"{decimal(parameters)} times the parameters and {decimal(work)} times the multiply-adds"


@_answers("D3")
def _occluded(claims: Claims) -> str:
    return _brief(_contrasted(claims, "d1_shallow", "occlusion", "mass lies on the object", "central quarter"))


@_answers("E1a")
def _lenet(claims: Claims) -> str:
    return _with_losses(claims, LENET, "e1a_lenet5")


def _with_losses(claims: Claims, study: str, variant: str) -> str:
    """Accuracies and losses on training and validation, which assignment E asks for."""
    splits = ("train", "validation")
    accuracy = claims.entry(study, variant)["accuracy"]
    losses = " and ".join(f"{accuracy[split]['loss']:.3f}" for split in splits)
    return f"{capitalised(claims.score(study, variant, *splits))}; losses {losses}"


@_answers("E1b")
def _lenet_improved(claims: Claims) -> str:
    others = {"e1b_dropout": "dropout", "e1b_l1": "L1", "e1b_l2": "L2", "e1b_xavier": "Xavier initialisation"}
    others |= {"e1b_batch_norm": "batch normalisation", "e1b_combined": "all five"}
    named = {"e1a_lenet5": "LeNet-5 as specified", "best(e1b_trial)": "tuned", "e1b_own": "our own design"}
    entries = {name: claims.entry(LENET, name) for name in (*named, *others)}
    means = {name: entry["accuracy"]["validation"]["mean"] for name, entry in entries.items()}
    plain, tuned, own = (
        f"{words} has {percent(means[name])} after {counted(round(entries[name]['epochs']), 'epoch')}"
        for name, words in named.items()
    )
    lenets = {name: mean for name, mean in means.items() if name != "e1b_own"}
    best = [claims.title(LENET, name) for name, mean in lenets.items() if mean == max(lenets.values())]
    first = f"the best LeNet-5 {'is' if len(best) == 1 else 'are'} {listing(best)} with {percent(max(lenets.values()))}"
    return (
        f"{plain}; on validation {claims.each(LENET, 'e1a_lenet5', others)}; {tuned}, {own}; {first}, where {MEANT} % "
        "are expected"
    )


@_answers("E2")
def _lenet_maps(claims: Claims) -> str:
    named = {"e1a_lenet5": "As specified", "e1b_combined": "With all five changes"}
    said = _two({words: claims.shown(name, "feature_maps", "Conclusion on") for name, words in named.items()})
    if said.startswith("void"):
        return said
    shares = [percent(claims.entry(LENET, name)["accuracy"]["validation"]["mean"]) for name in named]
    return f"{said}. They have {listing(shares)} on validation"


@_answers("E3")
def _resnet(claims: Claims) -> str:
    changes = {"e3_resnet18_augmented": "augmentation", "e3_resnet18_small": "a stem for small images"}
    trained = f"{_with_losses(claims, RESNET, 'e3_resnet18')}, {claims.budget(RESNET, 'e3_resnet18')}"
    return f"{trained}; on validation {claims.each(RESNET, 'e3_resnet18', changes)}"


@_answers("X2")
def _seeds(claims: Claims) -> str:
    seeds = [entry["seeds"] for study in (DENSE, POOLED) for entry in claims.study(study)["variants"]]
    return f"Each network of assignment A with {_range(seeds)}; intervals in every study, tests where seeds suffice"


def _range(seeds: Sequence[int]) -> str:
    low, high = min(seeds), max(seeds)
    return counted(low, "seed") if low == high else f"{low} to {counted(high, 'seed')}"


@_answers("X3")
def _reliability(claims: Claims) -> str:
    return claims.of_each("reliability", lambda found: _plainly(claims.first(found, "Conclusion")))


@_answers("X6")
def _checked(claims: Claims) -> str:
    numbers = sum(size(entry["value"]) for entry in claims.theory.values())
    apart = max(entry["difference"] for entry in claims.theory.values())
    return f"{numbers:,} numbers, computed twice, differ by {power_of_ten(apart)} at most"


_says("X8", "Yes: archives are drawn, downloaded or taken from a mirror, and each one's check is named")
