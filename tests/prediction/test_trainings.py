"""What is missing is named, with what makes it."""

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.prediction import trainings


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "results" / "embedded"
    for name in ("d2_own/seed0", "d2_own/seed3", "d1_shallow/seed0"):
        place = folder / "models" / name / "weights.safetensors"
        place.parent.mkdir(parents=True)
        place.touch()
    return folder


def refusal(*arguments) -> str:
    with pytest.raises(AtlasError) as caught:
        trainings.find(*arguments)
    return str(caught.value)


def test_a_training_is_found(run):
    found = trainings.find(run, "d2_own", "3")
    assert found.weights == run / "models/d2_own/seed3/weights.safetensors" and found.seed == 3
    assert found.place("evaluation", "metrics.json") == run / "evaluation/d2_own/seed3/metrics.json"


def test_what_is_missing_is_named_with_what_makes_it(run):
    command = "`snakemake --configfile config/embedded.yaml --cores 2 "
    said = refusal(run, "d2_on", "0")
    assert "VARIANT=d2_on" in said and "did you mean `d2_own`" in said
    assert f"{command}{run}/models/d2_on/seed0/weights.safetensors` makes it" in said
    said = refusal(run, "d2_own", "1")
    assert "SEED=1" in said and "trained with 0, 3" in said and command in said
    assert "SEED=one: no number" in refusal(run, "d2_own", "one")
    said = refusal(run.parent / "cpu", "d2_own", "0")
    assert "RUN=" in said and "no trained network" in said and "--configfile config/cpu.yaml" in said
    assert "config/<file>.yaml" in refusal(run.parent / "mine", "d2_own", "0")
