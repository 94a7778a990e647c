import re

from bs4 import BeautifulSoup

from cnnatlas.report.rule_graph import draw

# d reads c, b and a; b and a are implied by c, and a by b
RULES = {"a": [], "b": ["a"], "c": ["a", "b"], "d": ["a", "b", "c"], "figure_x": ["c"], "figure_y": ["figure_x"]}


def drawing(rules):
    return BeautifulSoup(draw(rules), "html.parser").svg


def test_every_rule_is_a_box_below_what_it_reads():
    boxes = {box.text: float(box.find("text")["y"]) for box in drawing(RULES).find_all("a")}
    assert list(boxes) == ["a", "b", "c", "d", "figure_*"]
    assert boxes["a"] < boxes["b"] < boxes["c"] < boxes["d"] == boxes["figure_*"]


def test_what_is_implied_is_not_drawn():
    assert len(drawing(RULES).find_all("path")) == 4  # a to b, b to c, c to d, c to the figures


def test_an_arrow_over_several_rows_bends_in_each_of_them():
    svg = drawing({"a": [], "b": ["a"], "c": ["b"], "e": [], "d": ["c", "e"], "f": ["a"], "g": ["d", "f"]})
    bends = [path["d"].count("C") for path in svg.find_all("path")]
    assert sorted(bends) == [1, 1, 1, 1, 1, 1, 3]  # a to f


def test_boxes_do_not_overlap_and_stay_within_the_drawing():
    svg = drawing(RULES)
    corners = [(float(box["x"]), float(box["y"])) for box in svg.find_all("rect")]
    assert len(set(corners)) == len(corners)
    width, height = (float(svg[side]) for side in ("width", "height"))
    assert all(0 <= x < width and 0 <= y < height for x, y in corners)
    assert not re.search("nan", str(svg))
