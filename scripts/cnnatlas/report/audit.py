"""What the chapter on the data shows of one data set's audit: card, tables, figures and computed sentences."""

from collections.abc import Mapping

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.metrics import wilson
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.files import read_json
from cnnatlas.report.authoring import Results, show
from cnnatlas.report.parts import APPENDIX, WEB_ONLY, placed
from cnnatlas.wording import counted, decimal, listing, percent, points, slug

FEW = 10  # so many classes are all listed; of more, ENDS from each end
ENDS = 5
MOST = 5  # classes with repeated photographs that are named
SOURCES = {"mirror": "the mirror’s archive", "folder": "the folder"}  # of images, by origin; else an archive
USEFUL = 2  # so many times as often as all labels must those of a list be wrong to spare work


class Audit:
    """One data set's part of the chapter; `facts` is its entry of config/datasets.yaml."""

    def __init__(self, results: Results, name: str, facts: Mapping):
        self.results, self.name, self.facts = results, name, facts
        self.folder = f"audit/{name}"
        self.audit = results.json(f"{self.folder}/audit.json")
        self.slug = slug(name)
        self.title = facts["title"]

    def section(self, remark: str = "") -> None:
        """The whole section on this data set; `remark` opens the part on duplicates and labels."""
        show(f"## {self.title} {{#sec-data-{self.slug}}}")
        self.card()
        self.counts()
        self.samples()
        show(f"### Duplicates and labels of {self.title} {{#sec-duplicates-{self.slug}}}\n\n{remark}")
        if self.audit["composition"]["photographs"]["shared"]:
            show(photographs_sentence(self.audit["composition"]["photographs"]))
        self.duplicates()
        self.accuracy()
        self.label_errors()

    def card(self) -> None:
        """The data card: source, terms, citation, known problems, and what was measured."""
        made, found = self.audit["composition"], self.audit["duplicates"]
        height, width = made["size"]
        channels = [f"{decimal(m, 3)} ({decimal(s, 3)})" for m, s in zip(made["mean"], made["std"], strict=True)]
        sides = [_sides(made["stored"][side]) for side in ("width", "height")]
        rows = {
            "source": f"<{self.facts['homepage']}>" if self.facts["homepage"] else "no home page stated",
            **({"in this run": "images drawn by the workflow instead"} if self.facts["drawn"] else {}),
            "licence": self.facts["licence"] or "not stated",
            "citation": self.facts["citation"] or "not stated",
            "images": f"{made['images']:,} of {len(made['per_class'])} classes, prepared as {height} × {width} pixels "
            f"(@fig-{self.slug}-samples)",
            f"width, height in {SOURCES.get(made['origin'], 'the archive')}": ", ".join(sides),
            "files that could not be decoded": f"{made['skipped']:,} of those read",
            "largest class / smallest class": f"{made['balance']['largest']:,} / {made['balance']['smallest']:,} "
            f"= {decimal(made['balance']['ratio'])}",
            "normalised entropy of the classes": decimal(made["balance"]["entropy"], 4),
            "grey images": f"{made['grey']['images']:,} ({percent(made['grey']['share'])})",
            "mean (standard deviation) of red, green, blue": ", ".join(channels),
            "duplicate pairs": f"{found['exact']:,} exact, {found['near']:,} near",
            "known problems in print": self.facts["problems"] or "not stated",
        }
        self.results.table(
            [{"what": key, "value": value} for key, value in rows.items()],
            f"tbl-{self.slug}-card",
            f"{self.title}: data card. Terms and citation as published; the numbers are measured. Normalised entropy "
            "is 1 where all classes are of one size; channels are scaled to [0, 1].",
            source=f"{self.folder}/audit.json",
        )

    @placed(APPENDIX)
    def counts(self) -> None:
        """Images by class and split."""
        counts = sorted(self.audit["composition"]["per_class"].items(), key=lambda item: -sum(item[1].values()))
        named = counts if len(counts) <= FEW else [*counts[:ENDS], *counts[-ENDS:]]
        parts = list(in_order(counts[0][1]))
        sums = {part: sum(of[part] for _, of in counts) for part in parts}
        rows = [
            {"class": name.replace("_", " ")} | {NAMES[p]: of[p] for p in parts} | {"all": sum(of.values())}
            for name, of in [*named, ("all classes", sums)]
        ]
        which = "all" if len(named) == len(counts) else f"the {ENDS} largest and the {ENDS} smallest"
        self.results.table(
            rows,
            f"tbl-{self.slug}-counts",
            f"{self.title}: images by class and split, {which} of {len(counts)} classes, the largest first.",
            source=f"{self.folder}/audit.json",
        )

    @placed(WEB_ONLY)
    def samples(self) -> None:
        """Random images of every class."""
        self.results.figure(
            f"{self.folder}/samples.png",
            f"fig-{self.slug}-samples",
            f"{self.title}: random images of each class, as prepared.",
            alt=f"A grid of small random pictures from {len(self.audit['composition']['per_class'])} classes.",
        )

    def duplicates(self) -> None:
        """Sentences, and the table of pairs within and across splits; both figures on the web alone."""
        found = self.audit["duplicates"]
        sentences = [pairs_sentence(found), trust_sentence(found), leak_sentence(found["leaked"])]
        show(" ".join(filter(None, sentences)))
        if "upstream" in found:
            show(upstream_sentence(found["upstream"]))
        if found["exact"] + found["near"]:
            self.results.table(
                [_pairs_row(row) for row in found["between"]],
                f"tbl-{self.slug}-duplicates",
                f"{self.title}: duplicate pairs within and across splits.",
                source=f"{self.folder}/pairs.csv",
            )
            with placed(WEB_ONLY):
                self.results.figure(
                    f"{self.folder}/duplicates.png",
                    f"fig-{self.slug}-duplicates",
                    f"{self.title}: duplicate pairs, evenly chosen from the most to the least similar in fine detail. "
                    "Below each: splits, ids and labels of both, and their similarity.",
                    alt="Pairs of small pictures side by side with names and similarity below each pair.",
                )

        with placed(WEB_ONLY):
            self.results.figure(
                f"{self.folder}/similarity.svg",
                f"fig-{self.slug}-similarity",
                f"{self.title}: the similarities that the search saw, with its thresholds as dashed lines. Left, each "
                "image's most similar thumbnail; right, similarity in fine detail of the pairs that were compared "
                "closely.",
                alt="Two histograms with logarithmic counts and a dashed line each; the right one tells pairs of one "
                "label from pairs of two.",
            )

    def accuracy(self) -> None:
        """How much the duplicates add to a network's accuracy."""
        show(accuracy_sentence(self.audit["accuracy"], self._named(self.audit["variant"]), self.audit["seed"]))

    def _named(self, network: str | None) -> str | None:
        """A network's title, with the marks of its flags where this run trained it."""
        if not network:
            return None
        files = self.results.folder.glob(f"evaluation/{network}/seed*/metrics.json")
        first = min(files, key=lambda file: int(file.parent.name.removeprefix("seed")), default=None)
        flags = markers.names(read_json(first)["flags"]) if first else ""
        return markers.marked(f"“{self.facts['networks'][network]}”", flags)

    def label_errors(self) -> None:
        """How many labels are suspected errors; the most suspect ones on the web alone."""
        found = self.audit["label_errors"]
        show(label_sentence(found, self._named(self.audit["features"])))
        if found and self.facts["drawn"]:
            show(
                f"The images of {self.title} here are drawn, and have the labels that they were drawn for: what is "
                "suspected is a regression's mistake."
            )
        if found:
            show(calibration_sentence(found["calibration"]))
        if found and found["images"]:
            with placed(WEB_ONLY):
                self.results.figure(
                    f"{self.folder}/label_errors.png",
                    f"fig-{self.slug}-label-errors",
                    f"{self.title}: the most likely label errors. Below each image: its id; given label → suggested "
                    "class; split and margin, the probability of the given label less that of the most probable other "
                    "class.",
                    alt="Rows of small pictures, each with a given label, a suggested one and a negative margin.",
                )


def in_order(splits: Mapping) -> dict:
    """A mapping from splits, as JSON sorts them, in the order training, validation, test."""
    return {name: splits[name] for name in NAMES if name in splits}


def pairs_sentence(found: Mapping) -> str:
    """How many pairs are duplicates."""
    total = found["exact"] + found["near"]
    seen = f"Of {counted(found['compared'], 'pair')} compared closely, "
    if not total:
        return f"{seen}none is a duplicate."
    features = f", {found['only_by_features']:,} of them found by features alone" if found["only_by_features"] else ""
    verb = "is a duplicate" if total == 1 else "are duplicates"
    return f"{seen}{total:,} {verb}: {found['exact']:,} with equal pixels and {found['near']:,} near ones{features}."


def trust_sentence(found: Mapping) -> str:
    """Whether duplicates carry one label, as pictures of one thing should; nothing where there are none."""
    same, unlike = found["one_label"]["found"], found["one_label"]["unlike"]
    if not same["pairs"]:
        return ""
    text = f"Both images have the same label in {percent(same['share'])} of the duplicate pairs"
    if unlike["pairs"]:
        text += f", against {percent(unlike['share'])} of the compared pairs with little detail in common"
    if found["one_label"]["tells"] is None:
        text += ": too few pairs to say whether equal labels tell duplicates from others"
    elif not found["one_label"]["tells"]:
        text += ": equal labels do not tell duplicates from other pairs here"
    return text + "."


def leak_sentence(leaked: Mapping[str, Mapping]) -> str:
    """How many images of the other splits have a duplicate in training."""
    shares = [
        f"{leak['images']:,} of {leak['of']:,} {NAMES[name]} images ({percent(leak['share'], 2)}, 95 % interval "
        f"{points(leak['wilson'][0], 2)} to {points(leak['wilson'][1], 2)})"
        for name, leak in in_order(leaked).items()
    ]
    return f"How many have a duplicate among the training images: {listing(shares)}."


def upstream_sentence(leak: Mapping) -> str:
    """How many images of upstream's own test part have a duplicate in its training part."""
    return (
        f"As upstream divides the images, {leak['images']:,} of {leak['of']:,} test images "
        f"({percent(leak['share'], 2)}) have a duplicate among all its training images."
    )


def accuracy_sentence(accuracy: Mapping | None, network: str | None, seed: int | None) -> str:
    """Accuracy on a split with and without its images that have a duplicate in training."""
    if accuracy is None:
        return "No trained network is named for this data set, so no accuracy is compared."
    split, whole, without = NAMES[accuracy["split"]], accuracy["all"], accuracy["without"]
    start = f"{network} (seed {seed}) has an accuracy of {_share(whole)} on the {whole['n']:,} {split} images"
    leaked, copies = counted(accuracy["leaked"], "image"), accuracy["copies"]
    seen = f"among the {counted(accuracy['trained'], 'image')} that this network was trained on"
    if not accuracy["leaked"]:
        return f"{start}; none of them has a duplicate in training: there is nothing to leave out."
    if copies is None:
        none = f"none of the {leaked} with a duplicate in training has"
        if accuracy["leaked"] == 1:
            none = "the one image with a duplicate in training does not have"
        return f"{start}; {none} it {seen}: there is nothing to leave out."
    some = f"{start}. Of the {leaked} with a duplicate in training, {copies['n']:,} {_have(copies['n'])} it {seen}"
    if accuracy["leaked"] == 1:
        some = f"{start}. The one image with a duplicate in training has it {seen}"
    if without is None:
        return f"{some}, and no others are left."
    change = points(without["accuracy"] - whole["accuracy"], 2)
    these = "it" if copies["n"] == 1 else "these"
    return (
        f"{some}: without {these} the accuracy is {_share(without)}, a change of {change} points."
        f"{_beside_others(accuracy)}"
    )


def _beside_others(accuracy: Mapping) -> str:
    """The accuracy on duplicates beside that on others of their classes, and whether it tells anything."""
    found = accuracy["same_classes"]
    if not accuracy["decided"] or found is None:
        return f" {counted(accuracy['copies']['n'], 'image is', 'images are')} too few to tell more."
    low, high = found["drawn"]
    within = "within" if low <= found["accuracy"] <= high else "outside"
    return (
        f" On {_of_them(found['n'], accuracy['copies']['n'])} it is {percent(found['accuracy'])}, on others of their "
        f"classes {percent(found['others'])}: {within} "
        f"the {percent(low)} to {percent(high)} that 95 % of random draws from these classes have."
    )


def copies_sentence(accuracies: Mapping[str, Mapping | None]) -> str:
    """What images with copies add to the accuracies of audited networks, by the titles of their data sets."""
    told, few = [], []
    for title, accuracy in accuracies.items():
        same, without = (accuracy or {}).get("same_classes"), (accuracy or {}).get("without")
        if accuracy and accuracy["decided"] and same and without:
            change = points(without["accuracy"] - accuracy["all"]["accuracy"], 2)
            told.append(f"{change} points on {title}, where its accuracy on them is {_beside_draws(same)}")
        elif accuracy and accuracy["leaked"] and not accuracy["decided"]:
            few.append(title)
    changes = "Leaving out those whose copy an audited network was trained on changes its accuracy by"
    said = [f"{changes} {'; by '.join(told)}."] if told else []
    if few:
        said.append(
            f"Of the images of {listing(few)} with a copy in training, too few have it among those that the audited "
            "network was trained on to tell what copies add."
        )
    return " ".join(said)


def _beside_draws(same: Mapping) -> str:
    low, high = same["drawn"]
    side = "below" if same["accuracy"] < low else "above" if same["accuracy"] > high else "within"
    return f"{side} what random draws from their classes have"


def _of_them(number: int, all_of_them: int) -> str:
    return "them" if number == all_of_them else f"the {number:,} of them whose class has others"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def photographs_sentence(photographs: Mapping) -> str:
    """How many photographs upstream ships more than once, and whether the split parts any."""
    listed = listing([f"{number:,} in {name}" for name, number in _most(photographs["between"])])
    kept = (
        "the split keeps all of them together"
        if not photographs["parted"]
        else f"the split parts {photographs['parted']:,} of them"
    )
    are = "is" if photographs["shared"] == 1 else "are"
    known = f"{are} known to be in the data set more than once, by name or by equal pixels ({listed})"
    return f"{counted(photographs['shared'], 'picture')} {known}; {kept}. Copies that the search finds may be parted."


def label_sentence(found: Mapping | None, network: str | None) -> str:
    """How many labels confident learning suspects, where, and how accurate the judging model is."""
    if found is None:
        return "Labels are judged by a network's features, and none is named for this data set."
    start = (
        f"From the features of {network}, which has not learned these labels, held-out logistic regressions give the "
        f"right class to {percent(found['accuracy'])} of the images. By the confident joint, "
        f"{counted(found['images'], 'label')} "
        f"{'is a suspected error' if found['images'] == 1 else 'are suspected errors'} ({percent(found['share'])})"
    )
    if not found["images"]:
        return start + "."
    splits = listing(
        [f"{of['images']:,} of {of['of']:,} in {NAMES[name]}" for name, of in in_order(found["splits"]).items()]
    )
    often = listing([f"{b['class']} → {b['suggested']} ({b['images']:,})".replace("_", " ") for b in found["between"]])
    return (
        f"{start}: {splits}. Most often: {often}. The regressions themselves are wrong on "
        f"{percent(1 - found['accuracy'])}, so this is a list for inspection, not a count of errors."
    )


def calibration_sentence(found: Mapping) -> str:
    """How many planted errors are found, and what share of the suspected labels they are: what the list is worth."""
    planted, others = found["planted"], found["others"]
    low, high = planted["wilson"]
    splits = listing(
        [
            f"{percent(of['share'], 0)} of {of['of']:,} in {NAMES[name]}"
            for name, of in in_order(found["splits"]).items()
            if of["of"]
        ]
    )
    return (
        f"To measure what such a list is worth, {counted(planted['of'], 'label')} drawn at random "
        f"{'was' if planted['of'] == 1 else 'were'} replaced by another class, also at random: {planted['images']:,} "
        f"of them are suspected, {percent(planted['share'], 0)} (95 % interval {points(low, 0)} to {points(high, 0)}; "
        f"{splits}), and {percent(others['share'])} of the labels left as they are. {_worth(planted, others)}"
    )


def _worth(planted: Mapping, others: Mapping) -> str:
    """Whether a list of suspected labels spares work: by how often its labels are planted ones, against all."""
    if planted["wilson"][0] <= others["share"]:
        return "That does not show that wrong labels are suspected more often than others: this list tells nothing."
    suspected, labels = planted["images"] + others["images"], planted["of"] + others["of"]
    listed, all_labels = planted["images"] / suspected, planted["of"] / labels
    gain, least = listed / all_labels, wilson(planted["images"], suspected)[0] / all_labels
    verdict = (
        "the list spares work" if least >= USEFUL else f"not clearly {USEFUL:g} times, where such a list spares work"
    )
    return (
        f"Of all suspected labels {percent(listed)} are planted ones, {decimal(gain, 1)} times their share of all "
        f"labels, {percent(all_labels)}: {verdict}."
    )


def balance_sentence(balances: Mapping[str, Mapping]) -> str:
    """How uneven the classes of data sets are, by title."""
    even = [title for title, found in balances.items() if found["ratio"] == 1]
    uneven = [
        f"{decimal(found['ratio'], 1)} times the smallest in {title}"
        for title, found in balances.items()
        if found["ratio"] != 1
    ]
    told = [f"The largest class is {listing(uneven)}."] if uneven else []
    return " ".join([*told, *([f"All classes are of one size in {listing(even)}."] if even else [])])


def _most(between: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent entries, the rest summed up."""
    order = sorted(between.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(number for _, number in order[MOST:])
    return [*order[:MOST], *([("others", rest)] if rest else [])]


def _pairs_row(row: Mapping) -> dict:
    one, other = (NAMES[name] for name in row["splits"])
    return {
        "pairs": f"within {one}" if one == other else f"{one} and {other}",
        "exact": row["exact"],
        "near": row["near"],
    }


def _share(accuracy: Mapping) -> str:
    low, high = accuracy["wilson"]
    return f"{percent(accuracy['accuracy'], 2)} [{points(low, 2)}, {points(high, 2)}]"


def _sides(found: Mapping) -> str:
    """Smallest to largest number of pixels and the median, or the one that all have."""
    if found["smallest"] == found["largest"]:
        return f"all {found['smallest']:,}"
    return f"{found['smallest']:,} to {found['largest']:,} (median {found['median']:,.0f})"
