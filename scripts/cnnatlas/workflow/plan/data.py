"""What the jobs that bring, decode and divide the data read, and what they are given."""

from dataclasses import dataclass
from pathlib import Path

from cnnatlas.data import image_files, registry
from cnnatlas.workflow.plan.paths import Paths


@dataclass(frozen=True)
class DataPlan:
    """The data of one run. An archive goes by its own name, `file`; folders of images have none."""

    paths: Paths

    @property
    def archives(self) -> dict[str, str]:
        """The data set of each archive, by file name."""
        entries = self.paths.atlas.datasets
        return {entries[name]["file"]: name for name in sorted(entries) if "file" in entries[name]}

    def draw_spec(self, file: str) -> dict:
        """What the drawing of an archive is given."""
        return {"dataset": self.archives[file], "seed": 0}

    def drawing(self, file: str) -> str:
        """The source file that draws an archive's contents."""
        return f"scripts/cnnatlas/drawn/datasets/{self.archives[file]}.py"

    def reader(self, dataset: str) -> str:
        """The source file that reads a data set."""
        return f"scripts/cnnatlas/data/{registry.reader(dataset, self._entry(dataset))}.py"

    def prepare_inputs(self, dataset: str) -> dict[str, str | list[str]]:
        """What a data set is prepared from: an archive and its provenance, or every image of a folder.

        Listed one by one, so that content decides: a new, changed or lost image reruns `prepare`, a touched one does
        not. 50,000 images add some 10 s to each plan that has this job.
        """
        if "folder" in self._entry(dataset):
            folder = self._entry(dataset)["folder"]
            return {"pictures": [f"{folder}/{name}" for name in image_files.listed(Path(folder))[0]]}
        archive = self.paths.archive(dataset)
        return {"archive": archive, "provenance": f"{archive}.provenance.json"}

    def prepare_spec(self, dataset: str) -> dict:
        """What `prepare` is given: the keys that the data set's reader takes."""
        keys = ("classes", "folder", "limits", "size", *(registry.options(dataset) or ()))
        return {"dataset": dataset, "reader": Path(self.reader(dataset)).stem, **self._part(dataset, *keys)}

    def split_spec(self, dataset: str) -> dict:
        """How a data set is divided."""
        return self._entry(dataset)["split"]

    def mask_inputs(self, dataset: str) -> dict[str, str]:
        """What a data set's object masks are made of: drawn masks, or upstream's outlines; often there are none."""
        files = {"table": self.paths.prepared(dataset)["table"]}
        if "folder" in self._entry(dataset):
            return files
        if self.paths.collection == "embedded":
            return {**files, "drawn": f"{self.paths.archive(dataset)}.masks.npz"}
        return {**files, "outlined": self.paths.archive(dataset)} if registry.is_outlined(dataset) else files

    def mask_sources(self, dataset: str) -> list[str]:
        """The source files that masks depend on: the reader, which scales them, and that of upstream's outlines."""
        outlines = [f"scripts/cnnatlas/data/{dataset}_outlines.py"] if "outlined" in self.mask_inputs(dataset) else []
        return [self.reader(dataset), *outlines]

    def mask_spec(self, dataset: str) -> dict:
        """What the job that makes masks is given."""
        reader = Path(self.reader(dataset)).stem
        return {"dataset": dataset, "reader": reader, **self._part(dataset, "limits", "size")}

    def _entry(self, dataset: str) -> dict:
        return self.paths.atlas.datasets[dataset]

    def _part(self, dataset: str, *keys: str) -> dict:
        """A job's own slice of an entry, so that no other key makes it run again; sorted."""
        return {key: self._entry(dataset)[key] for key in sorted(keys) if key in self._entry(dataset)}
