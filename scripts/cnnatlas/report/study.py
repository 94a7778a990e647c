"""What chapters show of a study: the same tables, figures and computed sentences everywhere.

Labels follow from names: study stl10 has tbl-stl10-accuracies, fig-stl10-curves, and so on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, wraps
from itertools import pairwise

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import markers
from cnnatlas.evaluation.contrasts import cells_of
from cnnatlas.evaluation.learning_curves import contrast
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.evaluation.verdicts import SEEDS_NEEDED
from cnnatlas.report import cells
from cnnatlas.report.authoring import Results, show
from cnnatlas.report.claims import tied_with_best
from cnnatlas.report.parts import APPENDIX, TEXT, WEB_ONLY, lifted, placed
from cnnatlas.report.variant import Variant, flat, shaping, stepped
from cnnatlas.report.verdict_rules import DECIDED, UNDECIDED
from cnnatlas.wording import counted, interval, listing, part_of, percent, slug


def _part(method: Callable) -> Callable:
    """A method that shows a part of a study, and notes so with its arguments: `rest` leaves it out."""

    @wraps(method)
    def noted(self: "Study", *arguments: str | tuple[str, str]) -> Variant | None:
        self.done.add((method.__name__, *arguments))
        return method(self, *arguments)

    return noted


class Study:
    """One study's part of a chapter.

    `facts` is {title, question, variants: {name: title}, seeds: {name: [...]}, groups: {name: {kind, title, members:
    {name: {label, values}}}}, inspect: [names], gains: [pairs], elsewhere: [pairs]}; inspect and gains are those whose
    figures this study shows, elsewhere what another one tests too.
    Members of sweeps and searches have tables and figures of their own.
    """

    def __init__(self, results: Results, name: str, facts: Mapping, defaults: Mapping):
        self.results, self.name, self.facts = results, name, facts
        self.defaults = flat(defaults)
        self.folder = f"studies/{name}"
        self.comparison = results.json(f"{self.folder}/comparison.json")
        self.entries = {entry["variant"]: entry for entry in self.comparison["variants"]}
        grouped = {member for group in facts["groups"].values() for member in group["members"]}
        alone = {name: entry for name, entry in self.entries.items() if name not in grouped}
        self.shown = alone or self.entries
        self.done: set[tuple[str, ...]] = set()
        self.with_fewer_seeds: set[str] = set()  # what was told of networks with fewer seeds than they have

    @_part
    def variant(self, name: str) -> Variant:
        """One of the study's variants, for the chapter to show."""
        title = self._of(self.facts["variants"], name, "variants")
        seeds = self.facts["seeds"][name]
        return Variant(self.results, name, title, seeds[0], len(seeds))

    @_part
    def question(self) -> None:
        """The study's question, as its file states it."""
        show(f"*{self.facts['question']}*")

    @_part
    def accuracies(self) -> None:
        """Table of the variants: size, cost, accuracies with intervals, the best one bold; a plot on the web."""
        splits = [split for split in NAMES if any(split in e["accuracy"] for e in self.shown.values())]
        best = self._best()
        rows = [self._row(entry, splits, name in best) for name, entry in self.shown.items()]
        bold = " Bold: best validation." if best else ""
        self._trained_on()
        self.results.table(
            rows,
            f"tbl-{slug(self.name)}-accuracies",
            f"{self.facts['title']}: accuracies in per cent [95 %, {self._intervals()}]. "
            f"{self._unseen(splits)}{bold}{self._sizes()}{self._legend(self.shown)}",
            source=f"{self.folder}/comparison.csv",
        )
        self._mirrored(splits[-1])
        with placed(WEB_ONLY):
            self.results.figure(
                f"{self.folder}/accuracy.svg",
                f"fig-{slug(self.name)}-accuracies",
                f"{self.facts['title']}: accuracies of the variants with 95 % intervals.{self._legend(self.shown)}",
                alt=f"Dot plot of accuracies with error bars, one row for each of {counted(len(rows), 'variant')}.",
            )

    def _best(self) -> set[str]:
        """The shown variants with the highest validation accuracy of their data set's, where it has several."""
        first = {ranking["variant"] for ranking in self.comparison["ranking"]}
        highest = {(e["dataset"], e["accuracy"]["validation"]["mean"]) for v, e in self.entries.items() if v in first}
        return {v for v, e in self.shown.items() if (e["dataset"], e["accuracy"]["validation"]["mean"]) in highest}

    def _sizes(self) -> str:
        """On how many images each variant of the table was trained, for its caption, where all have the same."""
        images = set(self._images().values())
        return f" {images.pop():,} training images each." if len(images) == 1 else ""

    def _trained_on(self) -> None:
        """On how many images the variants of the table were trained, where neither caption nor a column says so."""
        images = {cells.short(self.shown[name]["title"]): number for name, number in self._images().items()}
        if len(set(images.values())) > 1 and not cells.differ(images.values()):
            show(cells.training_images(images))

    def _images(self) -> dict[str, int]:
        """How many images each variant of the table was trained on, of a data set with training images."""
        found = {name: entry["accuracy"].get("train") for name, entry in self.shown.items()}
        return {name: score["images"] for name, score in found.items() if score}

    def _mirrored(self, split: str) -> None:
        """The accuracies of the variants whose scores are averaged over mirror images as well."""
        found = [(entry, entry["accuracy"].get(split, {}).get("mirrored")) for entry in self.shown.values()]
        told = [
            f"“{cells.short(entry['title'])}” {percent(share)}{markers.of(entry)}"
            for entry, share in found
            if share is not None
        ]
        if told:
            show(f"With scores averaged over each image and its mirror image: {listing(told)} on {NAMES[split]}.")

    @_part
    def overlay(self) -> None:
        """The learning curves of the variants in one figure."""
        self.results.figure(
            f"{self.folder}/curves.svg",
            f"fig-{slug(self.name)}-curves",
            f"{self.facts['title']}: losses and accuracies per epoch, training above validation. Losses are plain "
            "cross-entropies, whatever a variant minimises.",
            alt="Line plots of losses and accuracies over epochs with one line for each of "
            f"{counted(len(self.shown), 'variant')}.",
        )

    @_part
    @placed(APPENDIX)
    def training_curves(self) -> None:
        """What the training curves show: a table of the variants, and their order."""
        found = self.comparison["training_curves"]
        entries = {entry["variant"]: entry for entry in found["variants"]}
        if not entries:
            return
        self.results.table(
            [cells.curve_row(entry, found["common_loss"]) for entry in entries.values()],
            f"tbl-{slug(self.name)}-training",
            f"{self.facts['title']}: training curves in numbers. Loss: mean of the last epoch; accuracy: of the "
            "kept weights; gap: to validation accuracy, in points; rises: epochs whose loss rose.",
            formats={"training loss": ".3f"},
            source=f"{self.folder}/comparison.json",
        )
        if found["sentence"]:
            with placed(WEB_ONLY):
                show(found["sentence"])

    def comparisons(self, name: str, *pairs: tuple[str, str]) -> None:
        """A table of what each `b` of pairs (a, b) changed against its `a`: accuracy, and speed of convergence.

        Either may be `best(group)`, as the study's `compare` has it. `name` ends the table's label. What makes a
        comparison void are the marks of its sides.
        """
        found = [self._pair(a, b) for a, b in pairs]
        self.done |= {("pair", *pair) for pair in pairs}
        for pair in found:
            self._note(pair["splits"])
        rows, label = self._distinct(found), f"tbl-{slug(self.name)}-{name}"
        covered = cells.resampled(*(pair["splits"] for pair in found))
        self.results.table(
            cells.without_empty([self._compared(pair) for pair in rows]),
            label,
            f"{self.facts['title']}: differences in points [95 %, {covered}].{self._bold(rows)}"
            f"{self._favoured(found)}{self._marks(rows)}",
            source=f"{self.folder}/comparison.json",
        )
        opposed, told = cells.opposed(rows)
        if opposed:
            void = ", the void ones left out" if told < len(rows) else ""
            show(f"Validation and test differ in sign in {part_of(opposed, told, 'row')} of @{label}{void}.")
        self._of_fewer_seeds(rows, label)
        pairs = {f"“{cells.short(self.entries[b]['title'])}” against “{cells.short(self.entries[a]['title'])}”": (a, b)
                 for a, b in ([self._chosen(pair[side]) for side in "ab"] for pair in rows)}  # fmt: skip
        self._tested_elsewhere(pairs, rows[0]["splits"])

    def _of_fewer_seeds(self, pairs: Iterable[Mapping], label: str) -> None:
        """Which networks of a table are compared with fewer seeds than they have, and what they have with these.

        Not what another table of the study said already.
        """
        fewer = dict.fromkeys(words for pair in pairs for words in self._with_fewer_seeds(pair))
        fewer = [words for words in fewer if words not in self.with_fewer_seeds]
        self.with_fewer_seeds.update(fewer)
        if fewer:
            show(f"@{label} compares networks with the seeds that both have: {listing(fewer)}.")

    def _with_fewer_seeds(self, pair: Mapping) -> list[str]:
        """Of each side that has more seeds than are compared, its accuracy with those, and with all, if they differ."""
        told, void = [], pair["void"]
        split, found = list(pair["splits"].items())[-1]
        for side in "ab":
            entry = self._of(self.entries, self._chosen(pair[side]), "variants")
            if found["seeds"] < entry["seeds"] and not void:
                means = found[f"accuracy_{side}"], entry["accuracy"][split]["mean"]
                here, every = (f"{100 * mean:.1f} %" for mean in means)
                some = "one" if found["seeds"] == 1 else str(found["seeds"])
                title = f"“{cells.short(entry['title'])}”{markers.of(entry)}"
                said = f"{title} has {here} on {NAMES[split]} with {some}, {every} with all {entry['seeds']}"
                told += [said] if here != every else []
        return told

    def _distinct(self, pairs: Sequence[Mapping]) -> list[Mapping]:
        """The pairs without those of two variants that stand before: `best(group)` may be one that has its own pair."""
        found: dict[tuple[str, ...], Mapping] = {}
        for pair in pairs:
            found.setdefault(tuple(self._chosen(pair[side]) for side in "ab"), pair)
        return list(found.values())

    def _compared(self, pair: Mapping) -> dict:
        """A row of `comparisons`."""
        a, b = (self._of(self.entries, self._chosen(pair[side]), "variants") for side in "ab")
        splits, void = pair["splits"], pair["void"]
        differences = {
            name: cells.difference(splits[split], void) if split in splits else "" for split, name in NAMES.items()
        }
        return {
            "variant": cells.titled(b),
            "against": cells.titled(a),
            **differences,
            "p": cells.corrected(splits),
            "matches after": cells.matched(pair),
            "budgets": "; ".join(pair["unequal"]),
        }

    def _bold(self, pairs: Sequence[Mapping]) -> str:
        """What bold differences are, where the seeds suffice for any."""
        if not any(cells.testable(pair["splits"]) for pair in pairs):
            return ""
        where = ", on validation, test" if any(len(pair["splits"]) > 1 for pair in pairs) else ""
        return f" Bold ones are established ({SEEDS_NEEDED} paired seeds or more; p: corrected{where})."

    def _marks(self, pairs: Sequence[Mapping]) -> str:
        """What the marks of the variants compared mean; those of a void comparison, which say why, where the caption is
        long already, for it has two lines in print."""
        long = any(pair["selected"] for pair in pairs)
        sides = {self._chosen(pair[side]) for pair in pairs if pair["void"] or not long for side in "ab"}
        return self._legend(sorted(sides), where="")

    def _favoured(self, pairs: Iterable[Mapping]) -> str:
        """Which variants validation chose, and among how many, so that their differences on it are optimistic."""
        groups = dict.fromkeys(pair[side] for pair in pairs for side in pair["selected"])
        among: dict[str, list[str]] = {}
        for name in groups:
            among.setdefault(cells.short(self.entries[self._chosen(name)]["title"]), []).append(self._among(name))
        chosen = [f"“{title}”, best of {' and of '.join(others)}" for title, others in among.items()]
        return f" Chosen on validation: {'; '.join(chosen)}." if chosen else ""

    def _among(self, name: str) -> str:
        """Of which and how many variants `best(group)` is the best."""
        group = name.removeprefix("best(").removesuffix(")")
        kind, number = self.facts["groups"].get(group, {}).get("kind"), len(self.comparison["best"][group]["ranking"])
        return counted(number, {"search": "trial", "sweep": "value"}[kind]) if kind else f"{number} others"

    @_part
    def gains(self, a: str, b: str) -> None:
        """Which classes and confusions `b` changed against `a`: a sentence and, on the web, a figure; not if void."""
        pair = self._pair(a, b)
        if pair["void"]:
            return
        self._note(pair["splits"])
        show(pair["gains_sentence"])
        titles = self.facts["variants"]
        with placed(WEB_ONLY):
            self.results.figure(
                f"{self.folder}/gains/{a}/{b}.svg",
                f"fig-{slug(a)}-{slug(b)}-gains",
                f"Recall of “{titles[b]}” minus that of “{titles[a]}” per class on validation, with each class's own "
                f"95 % interval ({cells.resampled(pair['splits'])}), and the confusions that changed most. "
                + (
                    "Coloured classes are those with a verdict."
                    if cells.testable(pair["splits"])
                    else "There is no verdict."
                ),
                alt="Dot plot of gains in recall by class with intervals; bars of the confusions that changed most.",
            )

    @_part
    def fine_tuning(self) -> None:
        """What fine-tuning did to the network that it started from; nothing where that network learned nothing."""
        sentences = self.comparison["fine_tuning"]["sentences"]
        if sentences:
            show(" ".join(sentences))

    @_part
    def observed(self, a: str, b: str) -> None:
        """What is observed of the training curves of `b` beside those of `a`.

        Nothing where one diverged, is at chance or collapsed.
        """
        found = self.comparison["training_curves"]
        entries = {entry["variant"]: entry for entry in found["variants"]}
        for name in (a, b):
            self._of(self.entries, name, "variants")
        learned = not markers.lifeless([self.entries[name] for name in (a, b)])
        if a in entries and b in entries and learned:
            show(contrast(entries[a], entries[b]))

    @_part
    def schedule(self, name: str) -> None:
        """When and by how much a step schedule changes a variant's learning rate."""
        self._of(self.entries, name, "variants")
        training = self.results.json(self._training(name))
        show(f"“{self.entries[name]['title']}” {stepped(training['spec'], training['epochs'])}.")

    @_part
    def confused(self, name: str) -> None:
        """Which classes a variant, or the `best(group)` of a group, confuses most often on validation."""
        show(self._of(self.comparison["confused"], self._chosen(name), "variants")["sentence"])

    def standing_out(self, name: str) -> str:
        """In brackets, the pairs of classes that a variant confuses more often than chance would; or that none is."""
        found = self._of(self.comparison["confused"], self._chosen(name), "variants")
        if not found["pairs"]:
            return ""
        if found["chance"] is not None and sum(pair["share"] for pair in found["pairs"]) <= found["chance"]["most"]:
            return " (here no pair stands out from what chance gives)"
        return f" (above all: {listing([pair['named'] for pair in found['pairs'][:2]])})"

    @_part
    def ladder(self, *steps: str) -> None:
        """An ablation: a table of variants that differ by one step each, with what each step gave.

        Each two neighbours are a pair of the study's `compare`.
        """
        pairs = [None, *(self._pair(a, b) for a, b in pairwise(steps))]
        self.done |= {("pair", *pair) for pair in pairwise(steps)}
        rows = [self._step(name, pair) for name, pair in zip(steps, pairs, strict=True)]
        told = [{"splits": {"validation": pair["splits"]["validation"]}} for pair in pairs[1:]]
        label = f"tbl-{slug(self.name)}-ladder"
        self.results.table(
            cells.without_empty(rows),
            label,
            f"{self.facts['title']}: one step at a time, in per cent; the change from the row above in points on "
            f"validation [95 %, {cells.resampled(*(pair['splits'] for pair in pairs[1:]))}].{self._bold(told)}"
            + self._legend(map(self._chosen, steps), where=""),
            source=f"{self.folder}/comparison.json",
        )
        self._of_fewer_seeds(pairs[1:], label)

    def _step(self, name: str, pair: Mapping | None) -> dict:
        entry = self._of(self.entries, self._chosen(name), "variants")
        accuracy = entry["accuracy"]
        scores = {words: f"{100 * accuracy[split]['mean']:.1f}" for split, words in NAMES.items() if split in accuracy}
        return {
            "variant": cells.titled(entry),
            "epochs": int(entry["epochs"]),
            **scores,
            "change": cells.difference(pair["splits"]["validation"], pair["void"]) if pair else "",
            "p": cells.corrected({"validation": pair["splits"]["validation"]}) if pair else "",
            "budgets": "; ".join(pair["unequal"]) if pair else "",
        }

    def _chosen(self, name: str) -> str:
        """The variant that a name means: itself or, of `best(group)`, the one that validation chose."""
        return {f"best({group})": best["variant"] for group, best in self.comparison["best"].items()}.get(name, name)

    @_part
    def group(self, name: str) -> None:
        """A sweep or a search: losses of its members, those of a search on the web alone; a table; which is chosen."""
        group = self._of(self.facts["groups"], name, "variants")
        search = group["kind"] == "search"
        with placed(WEB_ONLY if search else TEXT):
            self._group_losses(name, group)
        (self._trials if search else self._values)(name, group)
        with lifted():
            show(self._winner(name, group))

    def further(self, name: str, variant: str) -> None:
        """A variant whose value a sweep leaves out, for it is there already, beside the sweep's best, on validation."""
        title = self._of(self.entries, variant, "variants")["title"]
        own, best = (self.entries[each]["accuracy"]["validation"] for each in (variant, self._chosen(f"best({name})")))
        side = (
            "more than" if own["mean"] > best["mean"] else "less than" if own["mean"] < best["mean"] else "as much as"
        )
        accuracy = interval(own["mean"], own["low"], own["high"])
        flags = markers.of(self.entries[variant])
        show(f"One more value is that of “{title}”: {accuracy} %{flags} on validation, {side} the best of these.")

    def _winner(self, name: str, group: Mapping) -> str:
        """Which member of a group validation chose, and its accuracies."""
        chosen = self.comparison["best"][name]["variant"]
        scores = self.entries[chosen]["accuracy"]
        found = {split: interval(*(scores[split][key] for key in ("mean", "low", "high"))) for split in scores}
        test = f"; on the test split it has {found['test']} %" if "test" in found else ""
        label = group["members"][chosen]["label"].partition(": ")[0]
        tied = self._tied(name)
        if markers.lifeless([self.entries[chosen]]):
            return (
                f"{group['title']}: {label} has the highest accuracy on validation, {found['validation']} %{tied}, and "
                f"is no choice (@fig-{slug(name)}-losses).{self._flagged(chosen)}"
            )
        return (
            f"{group['title']}: of {self._among(f'best({name})')} in @fig-{slug(name)}-losses, {label} has the highest "
            f"accuracy on validation, {found['validation']} %{tied}, which is therefore optimistic{test}."
            f"{self._flagged(chosen)}"
        )

    def _tied(self, name: str) -> str:
        """In brackets, that others of a group have the accuracy of the one that validation chose, the first of them."""
        members = [self.entries[rank["variant"]] for rank in self.comparison["best"][name]["ranking"]]
        same = tied_with_best([entry["accuracy"]["validation"]["mean"] for entry in members])
        return f" ({'another has' if same == 1 else f'{same} others have'} it too; the first is taken)" if same else ""

    def _flagged(self, name: str) -> str:
        flags = markers.remark(self.entries[name])
        return f" {flags}" if flags else ""

    def _group_losses(self, name: str, group: Mapping) -> None:
        self.results.figure(
            f"{self.folder}/groups/{name}.svg",
            f"fig-{slug(name)}-losses",
            f"{group['title']}: training and validation loss per epoch (@sec-reading).",
            alt="Two line plots of losses over epochs with one line for each of "
            f"{counted(len(group['members']), 'variant')}.",
        )

    @placed(APPENDIX)
    def _values(self, name: str, group: Mapping) -> None:
        """The values of a sweep in their order."""
        rows = [
            {"value": cells.marked(group["members"][variant]["label"], entry), **self._validation(variant)}
            for variant, entry in self.entries.items()
            if variant in group["members"]
        ]
        self.results.table(
            rows,
            f"tbl-{slug(name)}-values",
            f"{group['title']}: validation accuracy in per cent for each value, with its 95 % interval "
            f"({self._intervals()}).{self._legend(group['members'])}",
            source=f"{self.folder}/comparison.json",
        )

    def _trials(self, name: str, group: Mapping) -> None:
        """The trials of a search by rank, with all that was drawn."""
        rows = [
            {
                "rank": trial["rank"],
                "trial": cells.trial(group["members"][trial["variant"]]["label"]),
                **{cells.words(key): value for key, value in group["members"][trial["variant"]]["values"].items()},
                **self._validation(trial["variant"]),
                "": cells.marked("", self.entries[trial["variant"]]).strip(),
            }
            for trial in self.comparison["best"][name]["ranking"]
        ]
        self.results.table(
            cells.without_empty(rows),
            f"tbl-{slug(name)}-trials",
            f"{group['title']}: the trials by rank, with their values and validation accuracies in per cent with 95 % "
            f"intervals ({self._intervals()}).{self._legend(group['members'])}",
            source=f"{self.folder}/comparison.json",
        )

    @_part
    def factorial(self) -> None:
        """Both factors' effects and their interaction: a figure on the web, a table, and unequal budgets."""
        analysis = self.comparison["factorial"]
        if analysis is None:
            raise self._without("factorial")
        lifeless = markers.lifeless([self.entries[cell["variant"]] for cell in analysis["cells"].values()])
        if analysis["void"]:
            return show(f"The effects are void: {lifeless} (@tbl-{slug(self.name)}-flags).")
        self._note(analysis["effects"][0]["splits"])
        if analysis["unequal"]:
            show(" ".join(analysis["unequal"]))
        self._interaction_plot(analysis)
        self._effects(analysis, lifeless)

    def _interaction_plot(self, analysis: Mapping) -> None:
        first, second = analysis["factors"]
        testable = cells.testable(analysis["effects"][0]["splits"])
        no_verdict = "" if testable else " With these seeds there is no verdict."
        with placed(WEB_ONLY):
            self.results.figure(
                f"{self.folder}/factorial.svg",
                f"fig-{slug(self.name)}-factorial",
                f"{self.facts['title']}: accuracy without and with {second}, a line without and one with {first}, and "
                "95 % intervals of each accuracy. Parallel lines are effects that add up."
                f"{no_verdict}",
                alt=f"Interaction plot with a panel per split: two lines of accuracy over {second} off and on.",
            )

    def _effects(self, analysis: Mapping, lifeless: str) -> None:
        """The table of a factorial's effects, and with which seeds and where else they are tested."""
        first, second = analysis["factors"]
        splits = analysis["effects"][0]["splits"]
        rows = [
            {"effect": effect["heading"]}
            | {NAMES[s]: cells.difference(effect["splits"][s], effect["void"]) for s in NAMES if s in effect["splits"]}
            | {"p": cells.corrected(effect["splits"])}
            for effect in analysis["effects"]
        ]
        self.results.table(
            cells.without_empty(rows),
            f"tbl-{slug(self.name)}-factorial",
            f"{self.facts['title']}: effects of {first} and {second} on accuracy in points "
            f"[95 %, bootstrap {cells.resampled(splits)}].{self._bold(analysis['effects'])}"
            f"{f' Void: {lifeless}.' if lifeless else ''}",
            source=f"{self.folder}/comparison.json",
        )
        variants = {cell: entry["variant"] for cell, entry in analysis["cells"].items()}
        seeds = splits["validation"]["seeds"]
        if any(self.entries[name]["seeds"] > seeds for name in variants.values()):
            show(f"Effects are of the {counted(seeds, 'seed')} that all four networks have.")
        effects = {f"“{e['heading']}”": [variants[cell] for cell in cells_of(e["effect"])] for e in analysis["effects"]}
        self._tested_elsewhere(effects, splits)

    def _tested_elsewhere(self, contrasted: Mapping[str, Sequence[str]], splits: Mapping[str, dict]) -> None:
        """Which of these pairs of variants, by what they are called, another study tests among its own comparisons."""
        known = [set(pair) for pair in self.facts["elsewhere"]]
        found = [named for named, pair in contrasted.items() if len(pair) == 2 and set(pair) in known]
        if found and cells.testable(splits):
            several = len(found) > 1
            show(
                f"{listing(found)} {'are' if several else 'is'} tested in another study too, where "
                f"{'their p are' if several else 'its p is'} corrected with other comparisons."
            )

    @_part
    @placed(APPENDIX)
    def settings(self) -> None:
        """The settings of all variants side by side, as far as they differ from the defaults."""
        trainings = {name: self.results.json(self._training(name)) for name in self.entries}
        own = {
            name: {
                f"`{key}` {value}"
                for key, value in flat(training["spec"]).items()
                if value != self.defaults.get(key) or key in shaping(training["spec"])
            }
            for name, training in trainings.items()
        }
        shared = set.intersection(*own.values()) if len(own) > 1 else set()
        rows = [{"variant": "*all*", "settings": ", ".join(sorted(shared)), "epoch kept": ""}] if shared else []
        for name, training in trainings.items():
            kept = f"{training['best_epoch']} of {training['epochs']}"
            rows.append(
                {
                    "variant": self.entries[name]["title"],
                    "settings": ", ".join(sorted(own[name] - shared)) or "–",
                    "epoch kept": kept,
                }
            )
        self.results.table(
            rows,
            f"tbl-{slug(self.name)}-settings",
            f"{self.facts['title']}: settings that differ from the defaults (`config/defaults.yaml`), and those of a "
            "schedule; first what all variants share. The epoch kept is that of the first seed.",
            source=f"{self.folder}/comparison.json",
        )

    @_part
    @placed(WEB_ONLY)
    def flags(self) -> None:
        """Why variants are flagged, if any are."""
        flagged = {cells.short(entry["title"]): entry["flags"] for entry in self.entries.values() if entry["flags"]}
        if flagged:
            self.results.table(
                [
                    {"variant": title, "flags": " ".join(flag["sentence"] for flag in flags)}
                    for title, flags in flagged.items()
                ],
                f"tbl-{slug(self.name)}-flags",
                f"{self.facts['title']}: why variants are flagged (@sec-reading).",
                source=f"{self.folder}/comparison.json",
            )

    @_part
    def fitted(self, variant: str) -> None:
        """That a variant which must fit its training images does, and after how many epochs."""
        show(self._of(self.comparison["fitted"], variant, "must_fit")["sentence"])

    def rest(self) -> None:
        """What the chapter has not shown by hand: pairs, groups and inspected variants, or else the whole study."""
        left = {key: part for key, part in self._parts().items() if key not in self.done}
        if not self.done:
            show(f"## {self.facts['title']} {{#sec-study-{slug(self.name)}}}")
            self.question()
            show(f"@fig-{slug(self.name)}-curves has the learning curves of its variants.")
            self.accuracies()
            self.overlay()
        elif left:
            show(f"## {self.facts['title']}: further results {{#sec-study-{slug(self.name)}}}")
        pairs = [(a, b) for part, *names in left if part == "pair" for a, b in [names]]
        if pairs:
            self.comparisons("further-comparisons", *pairs)
            for pair in pairs:
                if list(pair) in self.facts["gains"]:
                    self.gains(*pair)
        for (part, *_), show_it in left.items():
            if part != "pair":
                show_it()
        for part in (self.settings, self.flags):
            if (part.__name__,) not in self.done:
                part()

    def _parts(self) -> dict[tuple[str, ...], Callable[[], None]]:
        """The parts that a study may have, by what `done` notes of them."""
        pairs = [(pair["a"], pair["b"]) for pair in self.comparison["pairs"]]
        return {
            **{("pair", *pair): partial(self.comparisons, "further-comparisons", pair) for pair in pairs},
            **({("factorial",): self.factorial} if self.comparison["factorial"] else {}),
            **{("group", name): partial(self.group, name) for name in self.facts["groups"]},
            **{("fitted", name): partial(self.fitted, name) for name in self.comparison["fitted"]},
            **{("variant", name): partial(self._inspected, name) for name in self.facts["inspect"]},
        }

    def _inspected(self, name: str) -> None:
        variant = self.variant(name)
        show(f"### {variant.title} {{#sec-variant-{slug(name)}}}")
        variant.recipe()
        with placed(WEB_ONLY):
            variant.curves()
            variant.confusion()
            variant.galleries()
        variant.counts()

    def _validation(self, variant: str) -> dict:
        score = self.entries[variant]["accuracy"]["validation"]
        return {"validation": interval(score["mean"], score["low"], score["high"])}

    def _note(self, splits: Mapping[str, dict]) -> None:
        """A boxed note on verdicts, once per web page, before the first difference with enough or with too few seeds.

        The PDF has it once, in its introduction.
        """
        with placed(WEB_ONLY):
            self.results.note(*(DECIDED if cells.testable(splits) else UNDECIDED))

    def _pair(self, a: str, b: str) -> dict:
        pairs = {f"[{pair['a']}, {pair['b']}]": pair for pair in self.comparison["pairs"]}
        return self._of(pairs, f"[{a}, {b}]", "compare")

    def _of(self, known: Mapping, name: str, key: str) -> object:
        """What is `known` of a part of the study; raises AtlasError where the study has no such part under `key`."""
        if name not in known:
            raise self._without(key, name)
        return known[name]

    def _without(self, key: str, name: str = "") -> AtlasError:
        return AtlasError(
            f"config/studies/{self.name}.yaml: the chapter shows {f'`{name}`' if name else 'one'}, which is not under "
            f"`{key}`; put it back there, or take it out of the notebook"
        )

    def _row(self, entry: dict, splits: Sequence[str], best: bool) -> dict:
        """A variant's accuracies, and after them, which a phone shows first, what they cost."""
        images = self._images()
        return {
            "variant": cells.titled(entry),
            **{NAMES[split]: cells.score(entry, split, bold=best and split == "validation") for split in splits},
            "epochs": int(entry["epochs"]),
            **({"images": images[entry["variant"]]} if cells.differ(images.values()) else {}),
            "parameters": entry["parameters"],
            "10⁶ multiply-adds": f"{entry['multiply_adds'] / 1e6:.1f}",
        }

    def _intervals(self) -> str:
        seeds = {entry["seeds"] for entry in self.entries.values()}
        return "Wilson, over images" if seeds == {1} else "t over seeds; of one seed Wilson, over images"

    def _legend(self, names: Iterable[str], where: str = " (@sec-reading)") -> str:
        """What the markers of these variants mean, as a caption's last sentence; empty where none is marked.

        `where` refers to what decides them; empty in a caption without room for it, below a table that does.
        """
        found = markers.legend(", ".join(markers.names(self.entries[name]["flags"]) for name in names))
        return f" {found}{where}." if found else ""

    def _unseen(self, splits: Sequence[str]) -> str:
        """What the splits decided, in one sentence."""
        specs = [self.results.json(self._training(name))["spec"] for name in self.shown]
        choosing = any(spec["select_epoch"] == "best" for spec in specs)
        if "test" in splits:
            return "Epochs are chosen on validation." if choosing else "The last epoch is kept."
        return f"No test split; {'validation also chose epochs' if choosing else 'the last epoch is kept'}."

    def _training(self, name: str) -> str:
        return f"models/{name}/seed{self.facts['seeds'][name][0]}/training.json"
