import json

from cnnatlas import tables
from cnnatlas.workflow import timings

HEADER = "s\th:m:s\tmax_rss\tcpu_time\n"


def measure(folder, rule, job, *lines):
    path = folder / "benchmarks" / rule / f"{job}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines))


def test_times_are_added_up_by_rule_those_of_the_data_first(tmp_path):
    results, data = tmp_path / "results", tmp_path / "data"
    measure(data, "prepare", "stl10", "2.0\t0:00:02\t50.4\t1.5")
    measure(results, "train", "a/seed0", "10.0\t0:00:10\t100\t9")
    measure(results, "train", "b/seed0", "30.04\t0:00:30\t80\t29")
    timings.write(results, data)
    rows = tables.read(results / "benchmarks" / "times.csv")
    assert [tuple(row.values()) for row in rows] == [
        ("prepare", "1", "2", "2", "1.5", "50"),
        ("train", "2", "40", "30", "38", "100"),
    ]


def test_what_a_short_job_left_unmeasured_counts_as_nothing(tmp_path):
    measure(tmp_path, "split", "stl10", "0.1\t0:00:00\tNA\tNA")
    (tmp_path / "benchmarks" / "split" / "empty.tsv").write_text("")
    timings.write(tmp_path, tmp_path / "none")
    assert tables.read(tmp_path / "benchmarks" / "times.csv")[0]["peak_megabytes"] == "0"


def test_the_script_says_the_same_and_names_each_machine_once(tmp_path):
    measure(tmp_path, "train", "a/seed0", "1.0\t0:00:01\t10\t1")
    for variant, threads in (("a", 1), ("b", 2), ("c", 1)):
        record = tmp_path / "models" / variant / "seed0" / "training.json"
        record.parent.mkdir(parents=True)
        record.write_text(json.dumps({"environment": {"device_name": "A processor", "threads": threads}}))
    timings.write(tmp_path, tmp_path / "none")
    text = (tmp_path / "benchmarks" / "times.js").read_text()
    content = json.loads(text.removeprefix("const TIMES = ").rstrip(";\n"))
    assert [machine["threads"] for machine in content["machines"]] == [1, 2]
    assert content["rules"][0]["rule"] == "train"


def test_a_run_that_made_no_results_leaves_none(tmp_path):
    measure(tmp_path / "data", "prepare", "stl10", "2.0\t0:00:02\t50\t1.5")
    timings.write(tmp_path / "results", tmp_path / "data")
    assert not (tmp_path / "results").exists()


def test_each_training_has_a_row_with_its_seconds(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    for variant, seed, seconds in (("b", 0, 2.5), ("a", 10, 1.25), ("a", 2, 8.0)):
        timing = tmp_path / "models" / variant / f"seed{seed}" / "timing.json"
        timing.parent.mkdir(parents=True)
        timing.write_text(
            json.dumps({"seconds": seconds, "images_per_second": 100.0, "interruptions": 0, "epochs": []})
        )
    timings.write(tmp_path, tmp_path / "none")
    rows = tables.read(tmp_path / "benchmarks" / "trainings.csv")
    assert [(row["variant"], row["seed"], row["seconds"]) for row in rows] == [
        ("a", "2", "8"),
        ("a", "10", "1.25"),
        ("b", "0", "2.5"),
    ]


def test_a_copy_of_a_folder_and_a_damaged_record_do_not_end_a_run_that_succeeded(tmp_path):
    good = {"seconds": 2.0, "images_per_second": 9.0, "interruptions": 0}
    (tmp_path / "benchmarks").mkdir()
    for name, text in {"seed0": json.dumps(good), "seed0.bak": json.dumps(good), "seed1": "{"}.items():
        folder = tmp_path / "models" / "a" / name
        folder.mkdir(parents=True)
        for record in ("timing.json", "training.json"):
            (folder / record).write_text(text)
    timings.write(tmp_path, tmp_path / "none")
    assert [row["seed"] for row in tables.read(tmp_path / "benchmarks" / "trainings.csv")] == ["0"]
