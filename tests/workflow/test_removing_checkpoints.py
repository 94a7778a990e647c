"""After a run that ended well no checkpoints are left but those of trainings that it did not finish."""

from cnnatlas.workflow import checkpoints


def test_checkpoints_of_finished_trainings_are_removed_and_of_no_others(tmp_path):
    for training in ("a/seed0", "a/seed1", "b/seed0"):
        (tmp_path / "checkpoints" / training).mkdir(parents=True)
        (tmp_path / "checkpoints" / training / "epoch3.pt").write_bytes(b"state")
    for training in ("a/seed0", "b/seed0"):
        (tmp_path / "models" / training).mkdir(parents=True)
    (tmp_path / "models/a/seed0/training.json").write_text("{}")
    checkpoints.remove_finished(tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in (tmp_path / "checkpoints").glob("*/*")}
    assert left == {"checkpoints/a/seed1", "checkpoints/b/seed0"}


def test_a_run_without_checkpoints_has_nothing_to_remove(tmp_path):
    checkpoints.remove_finished(tmp_path)
    assert list(tmp_path.iterdir()) == []
