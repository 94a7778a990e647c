"""What the comparisons and figures of a study read and are given."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.ranking import OTHERS
from cnnatlas.wording import literal
from cnnatlas.workflow.plan.paths import Paths


@dataclass(frozen=True)
class StudyPlan:
    """The studies of a run, by name."""

    paths: Paths

    def comparison(self, study: str) -> dict[str, list[str]]:
        """The files of a study's variants that `compare` reads: variants in order, each with its seeds in order."""
        atlas, paths = self.paths.atlas, self.paths
        variants = atlas.studies[study].variants
        data = [paths.prepared(atlas.specs[v]["dataset"]) for v in variants]
        return {
            "metrics": paths.trained(variants, "evaluation/{variant}/seed{seed}/metrics.json"),
            "training": paths.trained(variants, "models/{variant}/seed{seed}/training.json"),
            "history": paths.trained(variants, "models/{variant}/seed{seed}/history.csv"),
            "scores": paths.trained(variants, "models/{variant}/seed{seed}/scores.npz"),
            "architecture": [paths.result(f"models/{v}/seed{atlas.seeds(v)[0]}/architecture.json") for v in variants],
            **{kind: [files[kind] for files in data] for kind in ("split", "labels", "dataset")},
        }

    def comparison_spec(self, study: str) -> dict:
        """What `compare` is given: the variants, and which of them the study compares; names are Markdown."""
        found = self.paths.atlas.studies[study]
        factors = found.factorial and {"factors": list(map(literal, self.factors(study)))}
        return {
            "factorial": factors and found.factorial | factors,
            "groups": {name: list(members) for name, members in found.groups.items()},
            "must_fit": list(found.must_fit),
            "others": {OTHERS: list(self.paths.atlas.others(study))} if found.final else {},
            "pairs": [list(pair) for pair in found.compare],
            "study": study,
            "title": literal(found.title),
            "variants": [variant | {"title": literal(variant["title"])} for variant in self.titled(found.variants)],
        }

    def factors(self, study: str) -> list[str]:
        """The names of the two factors that a study crosses; AtlasError where it crosses none."""
        found = self.paths.atlas.studies[study].factorial
        if not found:
            raise AtlasError(f"{study} crosses no factors; add `factorial` to its file")
        return found["factors"]

    def factorial(self, study: str) -> dict:
        """What the figure of a study's two factors is given: their names, and the places of its cells' variants."""
        factors = self.factors(study)
        cells = self.paths.atlas.studies[study].factorial["cells"]
        return {"factors": factors, "places": {cell: self.place(study, variant) for cell, variant in cells.items()}}

    def place(self, study: str, variant: str) -> int | None:
        """A variant's place among those that a study's figures show, which gives it one colour; None for others."""
        shown = self.ungrouped(study)
        return shown.index(variant) if variant in shown else None

    def gains(self, study: str, baseline: str, variant: str) -> str:
        """The gains of a study that compares this pair; AtlasError where it does not."""
        if (baseline, variant) not in self.paths.atlas.studies[study].compare:
            raise AtlasError(f"{study} does not compare {variant} with {baseline}; add the pair to its `compare`")
        return self.paths.result(f"studies/{study}/gains.csv")

    def histories(self, variants: Collection[str]) -> dict[str, list[str]]:
        """The learning curves of all trainings of the variants, and their records."""
        return {
            "history": self.paths.trained(variants, "models/{variant}/seed{seed}/history.csv"),
            "training": self.paths.trained(variants, "models/{variant}/seed{seed}/training.json"),
        }

    def explorer(self) -> dict[str, list[str]]:
        """What the explorer shows: the comparisons of all studies, and the learning curves of all trainings."""
        atlas, paths = self.paths.atlas, self.paths
        return {
            "comparisons": [paths.result(f"studies/{study}/comparison.json") for study in atlas.studies],
            "histories": paths.trained(sorted(atlas.specs), "models/{variant}/seed{seed}/history.csv"),
        }

    def explorer_spec(self) -> dict:
        """What the explorer is given: seeds of all variants, and titles of data sets, studies and variants."""
        atlas = self.paths.atlas
        return {
            "seeds": {v: atlas.seeds(v) for v in sorted(atlas.specs)},
            "datasets": {name: entry["title"] for name, entry in sorted(atlas.datasets.items())},
            "studies": {name: study.title for name, study in sorted(atlas.studies.items())},
            "variants": {v: atlas.titles[v] for v in sorted(atlas.titles)},
        }

    def results(self) -> dict[str, list[str]]:
        """What the table of all results reads: files of every training, in the order of `results_spec`."""
        variants = [v["name"] for v in self.results_spec()["variants"]]
        return {
            "metrics": self.paths.trained(variants, "evaluation/{variant}/seed{seed}/metrics.json"),
            "training": self.paths.trained(variants, "models/{variant}/seed{seed}/training.json"),
            "architecture": self.paths.trained(variants, "models/{variant}/seed{seed}/architecture.json"),
        }

    def results_spec(self) -> dict:
        """What the table of all results is given: each variant that is shown, once, with the study that trains it."""
        atlas = self.paths.atlas
        shown = {v for study in atlas.studies.values() for v in study.variants}
        found = [{"study": atlas.members[v["name"]].study, **v} for v in self.titled(sorted(shown))]
        return {"variants": sorted(found, key=lambda v: v["study"])}

    def titled(self, variants: Iterable[str]) -> list[dict]:
        """Name, title and seeds of variants."""
        atlas = self.paths.atlas
        return [{"name": v, "seeds": atlas.seeds(v), "title": atlas.titles[v]} for v in variants]

    def ungrouped(self, study: str) -> list[str]:
        """A study's variants that belong to no sweep or search; all of them where every one does."""
        found = self.paths.atlas.studies[study]
        grouped = {v for members in found.groups.values() for v in members}
        return [v for v in found.variants if v not in grouped] or list(found.variants)

    def group(self, study: str, group: str) -> tuple[str, ...]:
        """The variants of a sweep or search."""
        return self.paths.atlas.studies[study].groups[group]

    def members(self, study: str, group: str) -> list[dict]:
        """Label and seeds of the members of a sweep or search."""
        atlas = self.paths.atlas
        return [{"label": atlas.members[v].label, "seeds": atlas.seeds(v)} for v in self.group(study, group)]
