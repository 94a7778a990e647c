from cnnatlas import tables
from cnnatlas.report.explorer import collect, write_tables

NAMES = {
    "datasets": {"cifar10": "CIFAR-10", "stl10": "STL-10"},
    "studies": {"one": "First", "two": "Second"},
    "variants": {"a_1": "An a_1", "b": "B"},
}
HISTORY = "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy\n"


def entry(variant, **splits):
    accuracy = {
        split: {"mean": mean, "low": mean / 2, "high": 2 * mean, "interval": "Wilson"} for split, mean in splits.items()
    }
    counts = {"parameters": 10, "multiply_adds": 20, "epochs": 2.0, "best_epoch": 1.0, "seeds": 1, "diverged": 0}
    flags = [{"flag": "at chance", "seeds": 1, "sentence": "At chance."}]
    return {"variant": variant, "title": "An a\\_1", "dataset": "stl10", "accuracy": accuracy, "flags": flags, **counts}


def explorer(tmp_path):
    """Two studies that share a variant; the other one diverged in its second epoch."""
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(HISTORY + "1,2.345678,0.25,2.5,0.125\n2,1.5,0.5,1.75,0.25\n")
    second.write_text(HISTORY + "1,2,0.25,2.5,0.125\n2,nan,0.25,inf,0.125\n")
    both = entry("a_1", train=0.5, validation=0.25, test=0.125)
    comparisons = [{"study": "one", "variants": [both, entry("b", train=0.5, validation=0.25)]}]
    comparisons.append({"study": "two", "variants": [both]})
    return collect(comparisons, NAMES, {("a_1", 0): first, ("b", 3): second})


def test_a_variant_of_several_studies_is_one_row_with_plain_titles(tmp_path):
    variants = explorer(tmp_path)["variants"]
    assert [(row["title"], row["studies"]) for row in variants] == [("An a_1", ["First", "Second"]), ("B", ["First"])]
    assert (variants[0]["test_accuracy"], variants[0]["test_low"], variants[0]["test_high"]) == (0.125, 0.0625, 0.25)
    assert explorer(tmp_path)["datasets"] == {"stl10": "STL-10"}
    assert variants[0]["flags"] == ["at chance"] and variants[0]["interval"] == "Wilson"


def test_a_split_that_a_data_set_lacks_is_no_number(tmp_path):
    assert explorer(tmp_path)["variants"][1]["test_accuracy"] is None


def test_curves_have_no_value_where_a_loss_is_no_number(tmp_path):
    first, second = explorer(tmp_path)["curves"]
    assert (first["variant"], first["seed"], first["epoch"]) == ("a_1", 0, [1, 2])
    assert first["train_loss"] == [2.346, 1.5]
    assert (second["train_loss"], second["validation_loss"]) == ([2.0, None], [2.5, None])


def test_the_tables_say_the_same(tmp_path):
    data = explorer(tmp_path)
    write_tables(data, tmp_path / "variants.csv", tmp_path / "curves.csv")
    variants, curves = (tables.read(tmp_path / f"{name}.csv") for name in ("variants", "curves"))
    assert variants[0]["studies"] == "First; Second" and variants[1]["test_accuracy"] == ""
    assert [row["epoch"] for row in curves] == ["1", "2", "1", "2"] and curves[3]["train_loss"] == ""
