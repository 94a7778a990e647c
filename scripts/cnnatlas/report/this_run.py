"""What a reader must know of the run before anything else: its data, its trainings, and what they allow to say."""

from collections import Counter
from collections.abc import Mapping, Sequence

from cnnatlas.evaluation.verdicts import SEEDS_NEEDED
from cnnatlas.wording import counted, listing

Seeds = Mapping[str, Sequence[int]]  # by variant

ORIGINS = {"upstream": "downloaded from their publishers", "mirror": "copied from a mirror", "folder": "the user’s own"}
DRAWN = "Its accuracies say nothing about the real sets"


def box(
    name: str,
    datasets: Sequence[Mapping],
    titles: Mapping[str, str],
    years: Mapping[str, str],
    trainings: Sequence[Mapping],
    seeds: Seeds,
) -> str:
    """The box of the first page, as Markdown.

    `datasets` are the records of prepared data, `titles` what these are called and `years` when the real sets were
    published, by name, `trainings` the records of all trainings, `seeds` those of each variant. It holds no date of
    today: equal data give equal bytes.
    """
    data = f"**This is the run `{name}`.** {_data(datasets, titles, years)}"
    return "\n\n".join([data, _trained(trainings, seeds), _verdicts(seeds)])


def decoded(skipped: int) -> str:
    """How many files could not be decoded when the data were prepared."""
    if not skipped:
        return "every file that was read could be decoded"
    return f"{counted(skipped, 'file')} could not be decoded and {'was' if skipped == 1 else 'were'} skipped"


def _data(datasets: Sequence[Mapping], titles: Mapping[str, str], years: Mapping[str, str]) -> str:
    by_origin: dict[str, list[str]] = {}
    for dataset in datasets:
        named = f"{titles[dataset['dataset']]} ({_version(dataset, years)})"
        by_origin.setdefault(dataset["provenance"]["origin"], []).append(named)
    drawn = by_origin.pop("drawn", [])
    said = [f"Images of {listing(names)} are {ORIGINS.get(origin, origin)}." for origin, names in by_origin.items()]
    if drawn:
        said.insert(0, f"**The images of {listing(drawn)} were drawn by the workflow. {DRAWN}.**")
    year = "the year of publication, and " if by_origin else ""
    return " ".join([*said, f"In parentheses: {year}how the SHA-256 of the file begins."])


def _version(dataset: Mapping, years: Mapping[str, str]) -> str:
    """Which version of a data set it is: by its year, unless it was drawn, and the checksum of its archive."""
    provenance = dataset["provenance"]
    year = years.get(dataset["dataset"]) if provenance["origin"] != "drawn" else None
    return ", ".join([*([year] if year else []), f"`{provenance['sha256'][:8]}`"])


def _trained(trainings: Sequence[Mapping], seeds: Seeds) -> str:
    devices = sorted({training["environment"]["device_name"] for training in trainings})
    torch = sorted({training["environment"]["torch"] for training in trainings})
    per_variant = Counter(len(own) for own in seeds.values())
    shares = [
        f"{counted(variants, 'variant')} with {counted(n, 'seed')}" for n, variants in sorted(per_variant.items())
    ]
    epochs = sum(training["epochs"] for training in trainings)
    return (
        f"**Trained:** {counted(len(trainings), 'network')}, {listing(shares)}, {epochs:,} epochs in all, on "
        f"{listing(devices)} with PyTorch {listing(torch)}."
    )


def _verdicts(seeds: Seeds) -> str:
    enough = sum(len(own) >= SEEDS_NEEDED for own in seeds.values())
    few = (
        f"no variant has the {SEEDS_NEEDED} seeds that a verdict on two designs needs: differences describe "
        "these networks, not their designs"
        if not enough
        else f"{enough} of {counted(len(seeds), 'variant')} have the {SEEDS_NEEDED} seeds that a verdict on two "
        "designs needs; other differences describe these networks, not their designs"
    )
    return f"**What it can say:** {few}. Square brackets after a result hold its 95 % interval."
