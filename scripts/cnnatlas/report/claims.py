"""What saved results say in a clause: accuracies, differences, and sentences of interpretations, for the answers."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from cnnatlas import tables
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import markers
from cnnatlas.evaluation.contrasts import cells_of
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.files import read_json
from cnnatlas.report.authoring import Results
from cnnatlas.wording import capitalised, counted, decimal, interval, limit, listing, percent, points

SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z“])")  # where one ends


class Claims:
    """The results of a run, or as many of them as a chapter reads, put into words.

    `networks` are the titles of interpreted networks by name, `datasets` those of data sets, for the answers that tell
    them apart; `studies` the names of all studies, for those about all.
    """

    def __init__(
        self,
        results: Results,
        networks: Mapping[str, str] | None = None,
        datasets: Mapping[str, str] | None = None,
        studies: Sequence[str] = (),
    ):
        self.results, self.networks, self.datasets = results, networks or {}, datasets or {}
        self.studies = studies
        self._studies: dict[str, Mapping] = {}

    def study(self, name: str) -> Mapping:
        """A study's comparison.json."""
        if name not in self._studies:
            self._studies[name] = self.results.json(f"studies/{name}/comparison.json")
        return self._studies[name]

    def entry(self, study: str, variant: str) -> Mapping:
        """A variant of a study, or `best(group)`, the one that validation chose."""
        found = self.study(study)
        chosen = {f"best({group})": best["variant"] for group, best in found["best"].items()}.get(variant, variant)
        entries = {entry["variant"]: entry for entry in found["variants"]}
        if chosen not in entries:
            raise AtlasError(f"config/studies/{study}.yaml: an answer needs the variant `{chosen}`; put it back there")
        return entries[chosen]

    def title(self, study: str, variant: str) -> str:
        """A variant's title in quotes; of a trial or a value without what was drawn for it, which tables hold."""
        return f"“{self.entry(study, variant)['title'].partition(': ')[0]}”"

    def drawn(self, study: str, variant: str) -> str:
        """What a search drew for the trial that it chose, as its title ends."""
        return self.entry(study, variant)["title"].partition(": ")[2]

    def score(self, study: str, variant: str, *splits: str) -> str:
        """Accuracies with intervals, and flags; of the last split where none is named."""
        entry = self.entry(study, variant)
        shown = splits or (_last(entry["accuracy"]),)
        return f"{_accuracies(entry['accuracy'], shown)}{markers.of(entry)}"

    def budget(self, study: str, variant: str) -> str:
        """On how many images and for how many epochs a variant was trained."""
        entry = self.entry(study, variant)
        images = counted(entry["accuracy"]["train"]["images"], "image")
        return f"trained on {images} for {counted(round(entry['epochs']), 'epoch')}"

    def mean(self, study: str, variant: str, split: str = "validation") -> str:
        """An accuracy, a mean over seeds, with the marks of a variant's flags."""
        entry = self.entry(study, variant)
        return f"{percent(entry['accuracy'][split]['mean'])}{markers.of(entry)}"

    def change(self, study: str, a: str, b: str) -> str:
        """What `b` changed against `a` on the last split that they share; why, where that is void.

        A change on validation that points the other way is told too.
        """
        pair = self._pair(study, a, b)
        split = _last(pair["splits"])
        found = pair["splits"][split]
        flags = ["" if pair["void"] else markers.of(self.entry(study, pair[side])) for side in "ab"]
        of_a, of_b = (f"{percent(found[f'accuracy_{side}'])}{flag}" for side, flag in zip("ab", flags, strict=True))
        both = f"{self.title(study, b)} {of_b} on {NAMES[split]}, {self.title(study, a)} {of_a}"
        if pair["void"]:
            return f"void: {self._lifeless(study, a, b)} ({both})"
        fewer = self._shared(study, pair, found)
        also = f"{_budgets(pair, '; ')}{fewer and f'; with {fewer}'}"
        return f"{both}{also}: {gain(found)}{_otherwise(pair['splits'], split)}"

    def against(self, study: str, variant: str, *bases: str) -> str:
        """A variant's accuracy, and what it changed against others, which may be void; on the last split of all.

        That budgets differ is told before the changes; `budgets` says in what.
        """
        bases = self._distinct(study, bases)
        pairs = [self._pair(study, base, variant) for base in bases]
        differ = [_amounts(pair) for pair in pairs]
        shared = all(differ) and not any(pair["void"] for pair in pairs)
        told = [
            self._against(study, base, pair, "; unequal budgets" if own and not shared else "")
            for base, pair, own in zip(bases, pairs, differ, strict=True)
        ]
        before = "with unequal budgets, " if shared else ""
        return f"{self.title(study, variant)} {self.score(study, variant)}; {before}{', '.join(told)}"

    def budgets(self, study: str, variant: str, *bases: str) -> str:
        """In what a variant's budget differs from those of others, as a clause; "" where it does not."""
        bases = self._distinct(study, bases)
        differ = {base: _amounts(self._pair(study, base, variant)) for base in bases}
        differ = {base: ", ".join(amounts) for base, amounts in differ.items() if amounts}
        if len(differ) == len(bases) and len(set(differ.values())) == 1:
            return f"unequal budgets: {next(iter(differ.values()))}"
        told = [f"against {self.title(study, base)} {amounts}" for base, amounts in differ.items()]
        return f"unequal budgets: {'; '.join(told)}" if told else ""

    def _distinct(self, study: str, bases: Iterable[str]) -> list[str]:
        """These variants without `best(group)` where the one that it means is named too."""
        named = {base for base in bases if not base.startswith("best(")}
        return [base for base in bases if base in named or self.entry(study, base)["variant"] not in named]

    def _against(self, study: str, base: str, pair: Mapping, budgets: str) -> str:
        split = _last(pair["splits"])
        found = pair["splits"][split]
        flags = listing([flag["flag"] for flag in markers.void_flags(self.entry(study, base))] or [""])
        reason = f"; void{flags and f', as it is {flags}'}" if pair["void"] else budgets
        change = "" if pair["void"] else f" {gain(found)}{_otherwise(pair['splits'], split)}"
        fewer = self._shared(study, pair, found)
        beside = f", beside {percent(found['accuracy_b'])} with {fewer}" if fewer else ""
        accuracy = f"{percent(found['accuracy_a'])}{markers.of(self.entry(study, base))}"
        return f"against {self.title(study, base)} ({accuracy}{beside}{self.tied(study, base)}{reason}){change}"

    def tied(self, study: str, base: str) -> str:
        """That others have the validation accuracy of `best(group)`, the first of them, as a clause; "" else."""
        best = self.study(study)["best"].get(base.removeprefix("best(").removesuffix(")"))
        if not best:
            return ""
        means = [self.entry(study, rank["variant"])["accuracy"]["validation"]["mean"] for rank in best["ranking"]]
        same = tied_with_best(means)
        return f"; {counted(same, 'other')} as accurate on validation" if same else ""

    def stands(self, study: str, variant: str, bases: Mapping[str, str]) -> str:
        """Whether a variant is established above or below others, each with what it is called.

        "" where all are void, and with fewer seeds than a verdict needs.
        """
        pairs = {words: self._pair(study, base, variant) for base, words in bases.items()}
        pairs = {words: pair for words, pair in pairs.items() if not pair["void"]}
        if not pairs:
            return ""
        split = _last(next(iter(pairs.values()))["splits"])
        found = {words: pair["splits"][split] for words, pair in pairs.items()}
        if any(each["p"] is None for each in found.values()):
            return ""
        return f"on {NAMES[split]} {listing([f'{_side(each)} {words}' for words, each in found.items()])}"

    def rejected(self, study: str, tuned: str, base: str) -> str:
        """That validation, which chose among trials, would keep the network that they started from, or ""."""
        ours, theirs = (self.entry(study, name)["accuracy"]["validation"]["mean"] for name in (tuned, base))
        if ours > theirs:
            return ""
        kept, other = (f"{self.title(study, name)} ({self.mean(study, name)})" for name in (base, tuned))
        if ours == theirs:
            return f"validation prefers neither {kept} nor {other}"
        return f"validation would keep {kept}, not {other}"

    def times(self, study: str, ours: str, theirs: str) -> str:
        """How large and how costly a network is beside another."""
        mine, other = (self.entry(study, name) for name in (ours, theirs))
        parameters, work = (mine[key] / other[key] for key in ("parameters", "multiply_adds"))
        return f"{decimal(parameters)} times the parameters and {decimal(work)} times the multiply-adds"

    def lifeless(self, study: str, *variants: str) -> str:
        """Which of some variants are at chance or collapsed, as "void: “Base” is at chance"; "" where none is."""
        found = self._lifeless(study, *variants)
        return f"void: {found}" if found else ""

    def compared(self, study: str, base: str) -> list[str]:
        """The variants that a study compares with `base`. Raises AtlasError where it compares none."""
        found = [pair["b"] for pair in self.study(study)["pairs"] if pair["a"] == base]
        if not found:
            raise AtlasError(f"config/studies/{study}.yaml: an answer needs a `compare` with {base}; put it back there")
        return found

    def each(self, study: str, base: str, others: Mapping[str, str]) -> str:
        """What each of several changes of `base`, variants with what they are called, gains on validation."""
        pairs = {words: self._pair(study, base, other) for other, words in others.items()}
        told = [
            f"{words}{self.marks(study, pair['b'])} {self._gained(study, pair, 'validation')}"
            for words, pair in pairs.items()
        ]
        found = [p["splits"]["validation"]["difference"] for p in pairs.values() if not p["void"]]
        none = len(found) == len(pairs) and max(found) <= 0
        return f"{'none is higher in this run: ' if none else ''}{', '.join(told)}"

    def gained(self, study: str, a: str, b: str) -> str:
        """What `b` gains over `a` on the last split that they share, after that budgets differ; or why it is void."""
        pair = self._pair(study, a, b)
        split = _last(pair["splits"])
        return f"{self._gained(study, pair, split)}{'' if pair['void'] else _otherwise(pair['splits'], split)}"

    def _gained(self, study: str, pair: Mapping, split: str) -> str:
        if pair["void"]:
            lifeless = self._lifeless(study, pair["a"], pair["b"])
            return f"void{f' ({lifeless})' if lifeless else ''}"
        found = pair["splits"][split]
        fewer = self._shared(study, pair, found)
        remarks = [*(["unequal budgets"] if _amounts(pair) else []), *([fewer] if fewer else [])]
        return f"{f'with {listing(remarks)} ' if remarks else ''}{gain(found)}"

    def _shared(self, study: str, pair: Mapping, found: Mapping) -> str:
        """With which seeds a pair is compared, in words; "" where both sides have no others."""
        if all(found["seeds"] == self.entry(study, pair[side])["seeds"] for side in "ab"):
            return ""
        return f"the {counted(found['seeds'], 'seed') if found['seeds'] > 1 else 'one seed'} of both"

    def most(self, study: str, base: str, others: Iterable[str]) -> str:
        """Which of several changes of `base` gains most, and which least, on validation."""
        pairs = {other: self._pair(study, base, other) for other in others}
        found = {other: pair["splits"]["validation"] for other, pair in pairs.items() if not pair["void"]}
        void = len(pairs) - len(found)
        said = f"; {counted(void, 'comparison')} void" if void else ""
        if not found:
            return "every comparison is void"
        ordered = sorted(found, key=lambda other: -found[other]["difference"])
        ends = [ordered[0], ordered[-1]] if len(ordered) > 1 else ordered
        alike = {
            end: [
                f"{self.title(study, each)}{markers.of(self.entry(study, each))} {_budgets(pairs[each], '(', ') ')}"
                f"{_bracketed(self._shared(study, pairs[each], found[each]))}{gain(found[each])}"
                f"{_otherwise(pairs[each]['splits'], 'validation')}"
                for each in ordered
                if found[each]["difference"] == found[end]["difference"]  # each with its own interval
            ]
            for end in ends
        }
        named = [listing(alike[other]) for other in ends]
        which = "none of the others" if void else "none"
        none = f"{which} is higher on validation: " if found[ordered[0]]["difference"] <= 0 else "on validation "
        words = f"{' at best, '.join(named)} at worst" if len(named) > 1 else named[0]
        return f"{none}{words}{said}"

    def effects(self, study: str, *names: str) -> str:
        """Effects of a factorial on the last split, such as first_main, each with its interval; that budgets differ.

        Of a factor whose effect is void, the simple effects that are not. `cells` tells the accuracies behind them.
        """
        analysis, found = self._factorial(study)
        split = _last(found[names[0]]["splits"])
        told = [
            f"{_named(found[name]['heading'])}{self.marks(study, *self._contrasted(study, name))} "
            f"{gain(found[name]['splits'][split])}{_otherwise(found[name]['splits'], split)}"
            for name in _told(found, names)
        ]
        if not told:
            return f"void: {self._lifeless_cells(study)}"
        void = [_named(found[name]["heading"]) for name in names if found[name]["void"]]
        rest = f"; void for {listing(void)}" if void else ""
        unequal = "with unequal budgets, " if analysis["unequal"] else ""
        seeds = found[names[0]]["splits"][split]["seeds"]
        more = any(self.entry(study, cell["variant"])["seeds"] > seeds for cell in analysis["cells"].values())
        fewer = f"with the {counted(seeds, 'seed')} of all, " if more else ""
        return f"on {NAMES[split]}, {unequal}{fewer}{'; '.join(told)}{rest}"

    def cells(self, study: str, *names: str) -> list[str]:
        """The accuracies that simple effects of a factorial contrast, and why others are void, as clauses."""
        _, found = self._factorial(study)
        split = _last(found[names[0]]["splits"])
        both = {name: self._both(study, name, split) for name in _told(found, names)}
        told = [f"{_named(found[name]['heading'])} {accuracies}" for name, accuracies in both.items() if accuracies]
        void = any(found[name]["void"] for name in names)
        return [
            *([f"accuracies on {NAMES[split]}: {', '.join(told)}"] if told else []),
            *([self._lifeless_cells(study)] if void and both else []),  # else it is the answer
        ]

    def _factorial(self, study: str) -> tuple[Mapping, dict[str, Mapping]]:
        """A study's factorial, and its effects by name."""
        analysis = self.study(study)["factorial"]
        if analysis is None:
            raise AtlasError(f"config/studies/{study}.yaml: an answer needs its `factorial`; put it back there")
        return analysis, {effect["effect"]: effect for effect in analysis["effects"]}

    def _contrasted(self, study: str, effect: str) -> list[str]:
        """The variants that an effect contrasts, without it before with it."""
        cells = self.study(study)["factorial"]["cells"]
        return [cells[cell]["variant"] for cell in cells_of(effect)]

    def _lifeless_cells(self, study: str) -> str:
        return self._lifeless(study, *(cell["variant"] for cell in self.study(study)["factorial"]["cells"].values()))

    def _both(self, study: str, effect: str, split: str) -> str:
        """The two accuracies that a simple effect contrasts; "" of the others, which contrast means."""
        contrasted = self._contrasted(study, effect)
        unlike = len({self.entry(study, name)["seeds"] for name in contrasted}) > 1  # the effect is of common seeds
        if len(contrasted) > 2 or unlike:
            return ""
        return " → ".join(self.mean(study, name, split) for name in contrasted)

    def marks(self, study: str, *variants: str) -> str:
        """The marks of all flags that some of these variants have."""
        return markers.of({"flags": [flag for name in variants for flag in self.entry(study, name)["flags"]]})

    def file(self, pattern: str) -> Path:
        """The first file below the results that a pattern such as models/*/seed*/training.json matches."""
        found = sorted(self.results.folder.glob(pattern))
        if not found:
            raise AtlasError(f"{self.results.folder / pattern}: no such file, which an answer needs")
        return found[0]

    def first_seed(self, study: str, variant: str) -> str:
        """That what is shown is of a variant's first seed, in brackets; "" where it has no other."""
        return " (first seed)" if self.entry(study, variant)["seeds"] > 1 else ""

    def similarity(self, variant: str) -> list[Mapping]:
        """How far the confusion matrices of a variant's splits are similar, by pairs of them."""
        return read_json(self.file(f"evaluation/{variant}/seed*/similarity.json"))["pairs"]

    def shown(self, network: str, method: str, *words: str) -> str:
        """The first sentence on a method's result that has one of `words`, tried in order.

        Where the network is at chance or collapsed, that its interpretation is void.
        """
        summary, void = self.summary(network, method)
        return void or self.first(summary, *words)

    def flagged(self, network: str) -> str:
        """The marks of an interpreted network's flags."""
        return markers.of({"flags": self._network_flags(network)})

    def first(self, summary: Mapping, *words: str) -> str:
        """The first sentence of a summary.json that has one of `words`, tried in order; else its first one."""
        sentences = [part for text in summary["sentences"] for part in SENTENCE.split(text)]
        told = (sentence for word in words for sentence in sentences if word in sentence)
        return next(told, sentences[0]).rstrip(".")

    def summary(self, network: str, method: str) -> tuple[Mapping, str]:
        """The summary.json of a method's result, and that it is void, or ""."""
        flags = self._meaningless(network)
        summary = read_json(self.file(f"interpretation/{network}/{method}/summary.json"))
        return summary, f"void: the network is {listing(flags)}; its maps mean nothing" if flags else ""

    def of_each(self, method: str, told: Callable[[Mapping], str]) -> dict[str, str]:
        """What is `told` of a method's result with each network that it was applied to, by the network's title."""
        self.file(f"interpretation/*/{method}/summary.json")  # raises where no network has any
        applied = [name for name in self.networks if (self.results.folder / "interpretation" / name / method).is_dir()]
        if not applied:
            raise AtlasError(
                f"config/interpretation.yaml: an answer needs `{method}` in this chapter; put it back there"
            )
        found = {name: self.summary(name, method) for name in applied}
        titles = {name: f"“{self.networks[name]}”{self.flagged(name)}" for name in found}
        return {titles[name]: void or told(said) for name, (said, void) in found.items()}

    @cached_property
    def theory(self) -> Mapping[str, Mapping]:
        """The computed answers to theoretical questions."""
        return self.results.json("foundations/theory/answers.json")

    def value(self, name: str):
        """A computed answer's value."""
        return self.theory[name]["value"]

    def extremes(self, variant: str) -> list[dict[str, str]]:
        """The most confident right and wrong validation images of each class, of a variant's first seed."""
        return list(tables.read(self.file(f"evaluation/{variant}/seed*/extremes.csv")))

    def matched(self, study: str, a: str, b: str) -> str:
        """In which of its epochs `b` reaches the best validation accuracy of `a`, as a clause.

        "" where the comparison is void, and of a warm start, whose epochs before are not counted.
        """
        pair = self._pair(study, a, b)
        if pair["void"] or pair["warm"]:
            return ""
        if pair["epochs_to_match"] is None:
            every = " with every seed" if pair["splits"]["validation"]["seeds"] > 1 else ""
            return f", whose best validation accuracy it does not reach{every}"
        ours, theirs = (self.entry(study, pair[side])["epochs"] for side in "ba")
        return (
            f", whose best validation accuracy it reaches in epoch {pair['epochs_to_match']:.3g} of {ours:.3g}, that "
            f"network in epoch {pair['epochs_to_best_a']:.3g} of {theirs:.3g}"
        )

    def best_epochs(self, study: str, *variants: str) -> str:
        """What variants have on validation with the best epoch of each, as a clause; "" where these are all kept."""
        entries = [self.entry(study, name) for name in variants]
        highest = [percent(entry["highest_validation"]) for entry in entries]
        kept = [percent(entry["accuracy"]["validation"]["mean"]) for entry in entries]
        if highest == kept:
            return ""
        named = [f"{self.title(study, name)} {share}" for name, share in zip(variants, highest, strict=True)]
        return f"with the best epoch of each, on validation, {listing(named)}; with the weights kept {listing(kept)}"

    def setting(self, variant: str, key: str):
        """The value of a dotted key in a variant's spec, as it was trained."""
        value = read_json(self.file(f"models/{variant}/seed*/training.json"))["spec"]
        for part in key.split("."):
            value = value[part]
        return value

    def agreement(self) -> list[dict[str, str]]:
        """The rows of MyTorch's agreement with PyTorch."""
        return list(tables.read(self.results.path("foundations/mytorch/agreement.csv")))

    def _pair(self, study: str, a: str, b: str) -> Mapping:
        pairs = {(pair["a"], pair["b"]): pair for pair in self.study(study)["pairs"]}
        if (a, b) not in pairs:
            raise AtlasError(f"config/studies/{study}.yaml: an answer needs [{a}, {b}] under `compare`; put it back")
        return pairs[a, b]

    def _lifeless(self, study: str, *variants: str) -> str:
        return markers.lifeless([self.entry(study, variant) for variant in variants])

    def lifeless_network(self, network: str) -> bool:
        """Whether an interpreted network is at chance or collapsed; not a published one."""
        return bool(self._meaningless(network))

    def _meaningless(self, network: str) -> list[str]:
        """The flags that make a network's interpretation void; none of a published network."""
        return [flag["flag"] for flag in self._network_flags(network) if flag["flag"] in markers.VOID]

    def _network_flags(self, network: str) -> list[Mapping]:
        """The flags of an interpreted network, which is that of the first seed; none of a published one."""
        found = self.results.folder.glob(f"evaluation/{network}/seed*/metrics.json")
        first = min(found, key=lambda file: int(file.parent.name.removeprefix("seed")), default=None)
        return read_json(first)["flags"] if first else []


def gain(found: Mapping) -> str:
    """A difference with its sign and interval, and whether it is established where seeds suffice to tell."""
    signed = _signed(found["difference"])
    verdict = "" if found.get("p") is None else ", established" if found["verdict"] else ", not established"
    return f"{signed} points [{limit(found['low'])}, {limit(found['high'])}]{verdict}"


def tied_with_best(accuracies: Sequence[float]) -> int:
    """How many of a group share the highest accuracy with the first that has it."""
    return list(accuracies).count(max(accuracies)) - 1


def rejected_first(rejected: str, told: str) -> str:
    """What is told of a tuned network, after that validation would not keep it, where it would not."""
    return f"{capitalised(rejected)}; {told}" if rejected else told


def _side(found: Mapping) -> str:
    return {"higher": "above", "lower": "below", None: "not established above or below"}[found["verdict"]]


def _signed(difference: float) -> str:
    value = points(difference)
    return value if value.startswith("−") or not value.strip("0.") else f"+{value}"


def _bracketed(remark: str) -> str:
    """A remark before a difference; nothing of an empty one."""
    return f"({remark}) " if remark else ""


def _otherwise(splits: Mapping[str, Mapping], told: str) -> str:
    """The difference on the other held-out split, in brackets, where its sign is another than on `told`."""
    for split, found in splits.items():
        if split != told and found["difference"] * splits[told]["difference"] < 0:
            return f" (on {NAMES[split]} {_signed(found['difference'])})"
    return ""


def _budgets(pair: Mapping, before: str, after: str = "") -> str:
    """How the budgets of a pair differ, "" where they do not; not whose weights it starts from, which items ask for."""
    amounts = _amounts(pair)
    return f"{before}unequal budgets: {', '.join(amounts)}{after}" if amounts else ""


def _amounts(pair: Mapping) -> list[str]:
    return [words for words in pair["unequal"] if " the weights of " not in words]


def _told(effects: Mapping[str, Mapping], names: Iterable[str]) -> list[str]:
    """The effects of a factorial that can be told of those that are asked for, each once."""
    return list(dict.fromkeys(name for wanted in names for name in _meaningful(effects, wanted)))


def _meaningful(effects: Mapping[str, Mapping], name: str) -> list[str]:
    """An effect, or where it is void those of its main effect's two simple effects that are not."""
    factor = name.partition("_")[0]
    simple = [f"{factor}_{when}" for when in ("without", "with")]
    return [each for each in ([name] if not effects[name]["void"] else simple) if not effects[each]["void"]]


def _accuracies(accuracy: Mapping, splits: Iterable[str]) -> str:
    return listing([f"{_share(accuracy[split])} on {NAMES[split]}" for split in splits if split in accuracy])


def _share(value: Mapping) -> str:
    return interval(value["mean"], value["low"], value["high"]).replace(" [", " % [")


def _last(splits: Mapping) -> str:
    """The test split or, where there is none, validation."""
    return next(split for split in reversed(NAMES) if split in splits)


def _named(heading: str) -> str:
    """An effect's heading in a sentence: "Dropout, on average" -> "dropout on average"."""
    name = heading.replace(", ", " ", 1)
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
