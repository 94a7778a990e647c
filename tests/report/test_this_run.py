"""The first page says which data, how many trainings, and what they allow to say."""

from cnnatlas.report.this_run import box, decoded

TRAINING = {"epochs": 5, "environment": {"device_name": "A processor", "torch": "2.0"}}


def told(origins=("drawn",), seeds=(1,)):
    provenances = [{"origin": origin, "sha256": f"{n}{'ab' * 31}"} for n, origin in enumerate(origins)]
    datasets = [{"dataset": f"set_{n}", "provenance": provenance} for n, provenance in enumerate(provenances)]
    by_variant = {f"v{n}": list(range(count)) for n, count in enumerate(seeds)}
    titles = {f"set_{n}": f"Set {n}" for n in range(len(origins))}
    return box("small", datasets, titles, {"set_0": "2009", "set_1": "2011"}, [TRAINING] * sum(seeds), by_variant)


def test_drawn_data_are_named_first_and_their_accuracies_are_no_claims():
    text = told(("upstream", "drawn", "drawn"))
    assert text.startswith(
        "**This is the run `small`.** **The images of Set 1 (`1abababa`) and Set 2 (`2abababa`) were drawn by the "
        "workflow. "
    )
    assert "Its accuracies say nothing about the real sets.**" in text
    assert "Images of Set 0 (2009, `0abababa`) are downloaded from their publishers." in text
    assert "In parentheses: the year of publication, and how the SHA-256 of the file begins." in text
    assert "year" not in told(("drawn",))


def test_real_data_get_no_such_warning():
    assert "nothing about the real sets" not in told(("upstream", "mirror"))


def test_trainings_are_counted_by_their_seeds():
    text = told(seeds=(1, 1, 8))
    assert "10 networks, 2 variants with 1 seed and 1 variant with 8 seeds, 50 epochs in all, on A processor" in text


def test_what_the_seeds_allow_is_said():
    assert "no variant has the 6 seeds that a verdict" in told(seeds=(1, 5))
    assert "1 of 2 variants have the 6 seeds" in told(seeds=(1, 6))
    assert told().endswith("Square brackets after a result hold its 95 % interval.") and "In brackets" not in told()


def test_files_that_could_not_be_decoded_are_counted_where_there_are_any():
    assert decoded(0) == "every file that was read could be decoded"
    assert decoded(1) == "1 file could not be decoded and was skipped"
    assert decoded(1200) == "1,200 files could not be decoded and were skipped"
