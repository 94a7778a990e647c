import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnatlas.data.split import divide_table, largest_remainder, split
from cnnatlas.errors import AtlasError

STL = {"train": 8, "validation": 2, "test": 3}


def divide(labels, shares, groups=None, partition=None, seed=0, upstream_test=False):
    labels = np.asarray(labels)
    groups = np.arange(len(labels)) if groups is None else np.asarray(groups)
    return split(labels, groups, partition or [""] * len(labels), shares, seed, upstream_test)


def assert_divides(parts, count):
    assert np.array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(count))
    for indices in parts.values():
        assert indices.dtype == np.int64
        assert (np.diff(indices) > 0).all()


def test_stl10_gets_exactly_its_8000_2000_3000():
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(10), 1300))
    parts = divide(labels, STL)
    assert_divides(parts, 13000)
    for name, each in {"train": 800, "validation": 200, "test": 300}.items():
        assert np.bincount(labels[parts[name]]).tolist() == [each] * 10


def test_the_seed_decides_and_nothing_else():
    labels = np.repeat(np.arange(4), 50)
    first = divide(labels, STL, seed=3)
    again = divide(labels, dict(reversed(STL.items())), seed=3)
    assert all(np.array_equal(first[name], again[name]) for name in STL)
    assert not np.array_equal(first["train"], divide(labels, STL, seed=4)["train"])
    assert not np.array_equal(first["test"], np.arange(len(first["test"])))


def test_names_do_for_labels():
    labels = np.repeat(["cat", "dog"], 20)
    parts = divide(labels, {"train": 3, "validation": 1})
    assert sorted(labels[parts["validation"]].tolist()) == ["cat"] * 5 + ["dog"] * 5


def test_upstreams_test_images_stay_the_test_split():
    partition = ["train"] * 40 + ["test"] * 10
    parts = divide([0, 1] * 25, {"train": 9, "validation": 1}, partition=partition, upstream_test=True)
    assert parts["test"].tolist() == list(range(40, 50))
    assert len(parts["validation"]) == 4
    assert_divides(parts, 50)


def test_pairs_across_two_classes_stay_together_and_both_classes_keep_their_numbers():
    # as Caltech-101's Faces and Faces_easy, beside a class of its own
    labels = np.array([0] * 435 + [1] * 435 + [2] * 50)
    groups = np.array([*range(435), *range(435), *range(500, 550)])
    parts = divide(labels, {"train": 9, "validation": 1}, groups)
    assert_divides(parts, 920)
    assert not set(groups[parts["train"]]) & set(groups[parts["validation"]])
    assert np.bincount(labels[parts["validation"]]).tolist() == [43, 43, 5]


def test_duplicates_do_not_move_a_class_off_its_numbers():
    labels = np.repeat(np.arange(10), 130)
    groups = np.arange(1300)
    groups[[5, 500, 1200]] = 5  # one photograph in three classes
    groups[[7, 8]] = 7  # and one twice in one class
    parts = divide(labels, STL, groups)
    assert [len(parts[name]) for name in STL] == [800, 200, 300]
    sides = [set(groups[indices]) for indices in parts.values()]
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])


@pytest.mark.parametrize("seed", range(8))
def test_the_largest_group_is_placed_first_while_a_split_has_room_for_it(seed):
    groups = [0] * 2 + [1] * 2 + [2] * 5 + [3]  # with a group of two on either side, neither would have room for five
    parts = divide([0] * 10, {"train": 1, "validation": 1}, groups, seed=seed)
    assert [len(parts[name]) for name in ("train", "validation")] == [5, 5]


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(3, 40), min_size=1, max_size=8),
    shares=st.fixed_dictionaries(
        {"train": st.integers(1, 9), "validation": st.integers(1, 9), "test": st.integers(1, 9)}
    ),
    seed=st.integers(0, 5),
)
def test_every_class_is_in_every_split_near_its_share(counts, shares, seed):
    labels = np.repeat(np.arange(len(counts)), counts)
    parts = divide(labels, shares, seed=seed)
    assert_divides(parts, len(labels))
    for name, share in shares.items():
        found = np.bincount(labels[parts[name]], minlength=len(counts))
        exact = np.array(counts) * share / sum(shares.values())
        assert (found >= 1).all()
        # rounding moves by less than one, and making room for the at least one in another split by two at most
        assert (np.abs(found - exact) < 3).all()
        assert ((np.abs(found - exact) < 1) | (exact.min() < 1) | (np.array(counts) < 30)).all()


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(1, 4), min_size=3, max_size=12), seed=st.integers(0, 5))
def test_a_class_of_few_photographs_that_are_there_more_than_once_is_in_every_split(sizes, seed):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    parts = divide(np.zeros(len(groups)), {"train": 8, "validation": 1, "test": 1}, groups, seed=seed)
    assert_divides(parts, len(groups))
    assert all(len(part) for part in parts.values())


@settings(max_examples=60, deadline=None)
@given(groups=st.lists(st.integers(0, 30), min_size=60, max_size=60), seed=st.integers(0, 5))
def test_groups_of_any_size_stay_together(groups, seed):
    labels = np.repeat(np.arange(3), 20)
    try:
        parts = divide(labels, {"train": 2, "validation": 1}, groups, seed=seed)
    except AtlasError:
        assert any(len({g for g, k in zip(groups, labels, strict=True) if k == c}) < 2 for c in range(3))
        return
    assert_divides(parts, 60)
    assert not set(np.array(groups)[parts["train"]]) & set(np.array(groups)[parts["validation"]])


def test_largest_remainder_adds_up():
    assert largest_remainder(10, np.array([0.9, 0.1])).tolist() == [9, 1]
    assert largest_remainder(11, np.array([1.0, 1.0, 1.0])).tolist() == [4, 4, 3]
    assert largest_remainder(435, np.array([9.0, 1.0])).tolist() == [392, 43]


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({"train": 1, "validation": 0}, r"split\.shares\.validation: 0"),
        ({"train": 1, "validation": 1, "dev": 1}, r"split\.shares\.dev"),
        ({"train": 1}, "validation is missing"),
    ],
)
def test_impossible_shares_are_refused(shares, message):
    with pytest.raises(AtlasError, match=message):
        divide([0] * 10, shares)


def test_impossible_images_are_refused():
    with pytest.raises(AtlasError, match="class dog: 1 photograph cannot be divided into train, validation;"):
        divide(["cat"] * 5 + ["dog"], {"train": 9, "validation": 1})
    with pytest.raises(AtlasError, match="class 0: 2 photographs cannot be divided into train, validation, test"):
        divide([0] * 4, STL, groups=[1, 1, 1, 2])
    with pytest.raises(AtlasError, match="upstream marks no image as test"):
        divide([0] * 9, {"train": 9, "validation": 1}, upstream_test=True)
    with pytest.raises(AtlasError, match=r"split\.shares\.test"):
        divide([0] * 9, STL, partition=["test"] * 9, upstream_test=True)


def test_a_class_of_one_photograph_is_named_with_its_file(tmp_path):
    table = tmp_path / "items.csv"
    table.write_text("class,group,partition\n" + "cat,0,\ncat,1,\ncat,2,\ndog,3,\n")
    spec = {"shares": {"train": 9, "validation": 1}, "seed": 0, "upstream_test": False}
    with pytest.raises(AtlasError, match=r"items\.csv: class dog: 1 photograph cannot be divided.*check the data"):
        divide_table(table, spec)
    table.write_text(table.read_text() + "dog,4,\n")
    assert sorted(np.concatenate(list(divide_table(table, spec).values()))) == [0, 1, 2, 3, 4]
