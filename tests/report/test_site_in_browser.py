"""The site in headless Chromium, opened from its folder: on a desktop and a phone, in both themes."""

import json
import os
from pathlib import Path

import pytest

from chromium import PROGRAM, chromium

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("chromium"),  # one browser serves all of them
    pytest.mark.skipif(not (PROGRAM or os.environ.get("BROWSER_REQUIRED")), reason="Chromium is not installed"),
]
AXE = Path(__file__).with_name("axe.min.js")  # Deque's accessibility checks, 4.14.1, under the MPL 2.0
VIOLATIONS = """axe.run({preload: false}).then(result => result.violations.map(
    violation => [violation.id, ...violation.nodes.map(node => node.html)]))"""
LOOKS = [(width, theme) for width in (1280, 390) for theme in ("light", "dark")]
LARGEST = 1_500_000  # bytes of a page before it is scrolled


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(browser):
    """The browser's tab, which must have nothing to complain of in the end."""
    browser.errors.clear()
    browser.look(1280, "light")
    yield browser
    assert browser.errors == []


def address(site, name):
    return (site / name).as_uri()


def check(page):
    """Accessibility, and that nothing but regions of their own scrolls sideways."""
    page.run(f"{AXE.read_text()};0")
    assert page.run(VIOLATIONS) == []
    assert page.run("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_is_accessible_and_light(page, site, width, theme):
    page.look(width, theme)
    for file in sorted(site.glob("*.html")):
        page.open(file.as_uri())
        assert sum(page.loaded.values()) < LARGEST
        assert all(file.startswith(site.parent.as_uri()) for file in page.loaded)
        page.run("document.querySelectorAll('main details').forEach(box => { box.open = true; })")
        check(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_the_systems_until_it_is_switched_and_then_remembered(page, site, theme):
    background = "getComputedStyle(document.body).backgroundColor"
    page.look(1280, theme)
    page.open(address(site, "a.html"))
    before = page.run(background)
    page.run("document.querySelector('#theme-button').click()")
    after = page.run(background)
    page.open(address(site, "b.html"))
    try:
        assert before != after == page.run(background)
    finally:
        page.run("localStorage.clear()")


def test_on_a_phone_the_heading_is_on_the_first_screen_and_the_sidebar_behind_a_button(page, site):
    page.look(390, "light", height=700)
    page.open(address(site, "a.html"))
    visible = "document.querySelector('#sidebar').checkVisibility()"
    assert page.run("document.querySelector('h1').getBoundingClientRect().bottom") < 350
    assert not page.run(visible)
    page.run("document.querySelector('.menu').click()")
    assert page.run(visible)
    check(page)
    page.press("Escape")
    assert not page.run(visible)


def test_on_a_phone_findings_are_read_without_scrolling_sideways(page, site):
    """On the narrowest of phones, where the columns of a table would need more."""
    page.look(320, "light")
    page.open(address(site, "a.html"))
    box = "document.querySelector('#tbl-findings').parentElement"
    assert page.run(f"{box}.scrollWidth <= {box}.clientWidth")
    cells = "[...document.querySelectorAll('#tbl-findings td')].map(cell => cell.getBoundingClientRect())"
    item, asks, answer, strength, _ = page.run(f"{cells}.map(({{top, left, width}}) => [top, left, width])")
    assert item[0] == strength[0] < asks[0] < answer[0]
    assert item[1] < strength[1]
    assert answer[2] > 0.95 * page.run(f"{box}.clientWidth")
    check(page)


def test_on_a_phone_rows_with_sentences_are_not_taller_than_wide(page, site):
    page.look(390, "light")
    page.open(address(site, "a.html"))
    row = "(row => [row.offsetHeight, row.offsetWidth])(document.querySelector('#tbl-budgets tbody tr'))"
    height, width = page.run(row)
    assert height < width < 500


def test_a_table_on_a_panel_has_one_colour_behind_each_row_and_lines_that_do_not_break(page, site):
    page.open(address(site, "a.html"))
    parts = (".design:has(#tbl-budgets)", "#tbl-budgets", "#tbl-budgets td")
    panel, table, cell = (
        page.run(f"getComputedStyle(document.querySelector('{part}')).backgroundColor") for part in parts
    )
    assert panel != table == cell
    assert page.run("getComputedStyle(document.querySelector('#tbl-budgets th')).borderBottomWidth") == "1px"


def test_the_section_that_is_read_is_marked(page, site):
    page.look(1280, "light", height=400)
    page.open(address(site, "a.html"))
    page.run("document.querySelector('#sec-below').scrollIntoView()")
    page.wait("document.querySelector('#sidebar [aria-current=location]')?.hash === '#sec-below'")


def test_a_search_finds_misspelt_words_in_other_chapters_by_keyboard_alone(page, site):
    page.open(address(site, "b.html"))
    page.press("/", "/")
    page.wait("document.querySelector('#search').open")
    page.send("Input.insertText", text="oclusion")
    page.wait("document.querySelectorAll('#search li').length > 0")
    assert page.run("document.querySelector('#search li a').getAttribute('href')") == "a.html#sec-below"
    assert page.run("document.querySelector('#search li a').textContent").endswith(" Everything …")
    check(page)
    page.press("ArrowDown")
    assert page.run("document.activeElement.matches('#search li a')")
    page.press("Escape")
    assert not page.run("document.querySelector('#search').open")


def test_a_search_finds_a_word_in_the_plural_and_marks_it(page, site):
    page.open(address(site, "b.html"))
    page.press("/", "/")
    page.send("Input.insertText", text="matrix")
    page.wait("document.querySelectorAll('#search li').length > 0")
    assert page.run("document.querySelector('#search mark').textContent") == "Matrices"


def test_a_figure_opens_large_and_the_next_follows(page, site):
    page.open(address(site, "a.html"))
    page.run("document.querySelector('a.zoom').click()")
    shown = "document.querySelector('#lightbox[open] img')?.alt"
    assert page.run(shown) == "A blue box"
    check(page)
    page.press("ArrowRight")
    assert page.run(shown) == "A pixel"
    page.press("Escape")
    assert page.run(shown) is None


def test_on_a_phone_a_figure_opens_wider_than_the_screen_and_scrolls_above_its_caption(page, site):
    page.look(390, "light")
    page.open(address(site, "a.html"))
    page.run("document.querySelector('a.zoom').click()")
    width = "document.querySelector('#lightbox {}').getBoundingClientRect().width"
    page.wait(f"{width.format('img')} > 500")
    assert page.run(width.format("figcaption")) < 390
    check(page)


@pytest.mark.parametrize(
    ("link", "part"),
    [
        ("a.reference[href$=fig-gallery]", "img[src$='fig-gallery.png']"),
        ("a.reference[href$=eq-half]", "mfrac"),
        ("a[href='#ref-wilson1927']", ".csl-entry"),
    ],
)
def test_a_reference_shows_what_it_leads_to_until_escape(page, site, link, part):
    page.open(address(site, "b.html"))
    page.move(link)
    page.wait(f"document.querySelector({json.dumps(f'#preview:not([hidden]) {part}')})")
    check(page)
    page.press("Escape")
    assert page.run("document.querySelector('#preview').hidden")


def test_a_reference_out_of_sight_shows_what_it_leads_to_when_the_focus_reaches_it(page, site):
    page.look(1280, "light", height=150)
    page.open(address(site, "b.html"))
    page.run("document.querySelector('a[href=\"#ref-wilson1927\"]').focus({focusVisible: true})")
    page.wait("!document.querySelector('#preview').hidden")
    page.run("scrollBy({top: 10, behavior: 'instant'}); new Promise(done => setTimeout(done, 100))")
    assert not page.run("document.querySelector('#preview').hidden")
    page.run("scrollTo({top: 0, behavior: 'instant'}); new Promise(done => setTimeout(done, 100))")
    assert page.run("document.querySelector('#preview').hidden")


def test_a_link_into_folded_text_unfolds_it(page, site):
    page.open(address(site, "a.html") + "#tbl-plain-settings")
    page.wait("document.querySelector('#tbl-plain-settings').checkVisibility()")


def test_a_command_is_unfolded_and_copied(page, site):
    page.open(address(site, "a.html"))
    page.run(
        "copyBySelection = async text => { window.copied = text; }; navigator.clipboard.writeText = copyBySelection"
    )
    visible = "document.querySelector('#fig-curves .copy').checkVisibility()"
    assert not page.run(visible)
    page.run("document.querySelector('#fig-curves summary').click()")
    assert page.run(visible)
    page.run("document.querySelector('#fig-curves .copy').click()")
    assert page.run("window.copied") == "snakemake --cores 2 results/tiny/curves.svg"
    assert page.run("document.querySelector('#fig-curves .copy').textContent") == "Copied"


TITLES = "[...document.querySelectorAll('#variants tbody tr:not([hidden])')].map(row => row.dataset.variant)"


def test_the_explorer_filters_sorts_and_draws(page, site):
    page.open(address(site, "explorer.html"))
    assert page.run(TITLES) == ["plain", "deep", "small"]
    button = "document.querySelector('#variants th:nth-child(2) button').click()"
    page.run(button)
    assert page.run(TITLES) == ["deep", "plain", "small"]
    page.run(button)
    assert page.run(TITLES) == ["small", "plain", "deep"]
    points, lines = (f"document.querySelectorAll('{part}').length" for part in ("#scatter circle", "#curves polyline"))
    assert (page.run(points), page.run(lines)) == (3, 2)  # to begin with, the best of each data set
    page.run("document.querySelector('tr[data-variant=plain] input').click()")
    assert page.run(lines) == 3
    page.run(
        "{ const f = document.querySelector('#filters'); f.elements.dataset.value = 'stl10';"
        " f.dispatchEvent(new Event('input')); }"
    )
    assert page.run(TITLES) == ["plain", "deep"]
    assert page.run(points) == 2
    page.run("document.querySelector('#clear').click()")
    assert page.run(lines) == 0
    check(page)


def test_on_a_phone_the_explorers_first_screen_has_accuracies_beside_titles(page, site):
    page.look(390, "light")
    page.open(address(site, "explorer.html"))
    cells = "[...document.querySelector('#variants tbody tr').cells].map(cell => cell.getBoundingClientRect())"
    title, validation, test = page.run(f"{cells}.slice(0, 3).map(({{top, right, bottom}}) => [top, right, bottom])")
    assert title[0] == validation[0] == test[0]
    assert max(title[2], test[2]) < 800 and test[1] < 390


def test_the_explorers_table_scrolls_below_its_headings_above_the_drawings(page, site):
    page.look(1280, "light", height=120)
    page.open(address(site, "explorer.html"))
    top = "document.querySelector('#variants th').getBoundingClientRect().top"
    place = page.run(top)
    page.run("document.querySelector('.table').scrollTo({top: 40, behavior: 'instant'})")
    assert page.run("document.querySelector('.table').scrollTop") == 40 and abs(page.run(top) - place) < 5  # its border
    check(page)


def test_times_are_shown_from_outside_the_report(page, site):
    page.open(address(site, "made.html"))
    row = "[...document.querySelector('#rule-{}').cells].slice(1, 5).map(cell => cell.textContent)"
    assert page.run(row.format("train")) == ["1", "2.0 min", "2.0 min", "1,500 MB"]
    assert page.run(row.format("fetch")) == ["–"] * 4


def test_on_a_phone_times_are_beside_their_rules(page, site):
    page.look(390, "light")
    page.open(address(site, "made.html"))
    cells = "[...document.querySelector('#rule-train').cells].map(cell => cell.getBoundingClientRect().right)"
    rule, jobs, time, *_ = page.run(cells)
    assert rule < jobs < time < 390


def test_the_graph_of_rules_is_seen_whole_on_a_desktop(page, site):
    page.open(address(site, "made.html"))
    box = "document.querySelector('.rules').parentElement"
    assert page.run(f"{box}.scrollWidth <= {box}.clientWidth")


def test_on_paper_letters_are_dark_and_wide_tables_whole(page, site):
    page.look(1000, "light")
    page.open(address(site, "explorer.html"))
    page.run("document.documentElement.dataset.theme = 'dark'")
    colour = "getComputedStyle(document.body).color.match(/\\d+/g).map(Number)"
    assert min(page.run(colour)) > 128
    page.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert max(page.run(colour)) < 128
        assert page.run("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.table'))")
    finally:
        page.send("Emulation.setEmulatedMedia", media="")


def test_without_scripts_everything_but_search_and_drawings_is_there(page, site):
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.look(390, "light")
        page.open(address(site, "explorer.html"))
        visible = "[...document.querySelectorAll('{}')].map(part => part.checkVisibility())"
        assert not any(page.run(visible.format("#search-button, #theme-button, #filters, #scatter, #curves")))
        assert all(page.run(visible.format(".menu, #variants, #variants tbody tr")))
    finally:
        page.send("Emulation.setScriptExecutionDisabled", value=False)
