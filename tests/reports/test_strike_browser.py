"""The report of an incident in a real browser: phone, desk, dark, print, keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from made_plans import made_plan, made_proof

from caretime.reports.strike import write_strike_report

sync_api = pytest.importorskip("playwright.sync_api")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
OPEN_FOLDS = "document.querySelectorAll('details').forEach(d => d.open = true)"
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("strike")
    plan, system = made_plan(3000)
    return write_strike_report(
        plan,
        system,
        folder / "report.html",
        proof=made_proof(plan),
        office=plan.matching.matches,
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no chromium here; ./dev test installs it")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, report):
    """Open the report as one kind of reader; every context is closed at the end."""
    contexts = []

    def open_page(viewport=DESK, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(report.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_nothing_is_asked_of_the_network_and_nothing_goes_wrong(browser, report):
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    asked, said, failed = [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: failed.append(str(error)))

    page.goto(report.as_uri())
    page.locator("summary").first.click()

    assert asked == [report.as_uri()]
    assert said == []
    assert failed == []
    context.close()


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(DESK, "light"), (DESK, "dark"), (PHONE, "light")],
    ids=["desk", "dark", "phone"],
)
def test_axe_finds_nothing_serious(visit, viewport, scheme):
    page = visit(viewport, color_scheme=scheme)
    page.evaluate(OPEN_FOLDS)

    found = [
        (violation["id"], node["target"], node.get("failureSummary", ""))
        for violation in axe_api.Axe().run(page).response["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]

    assert found == []


def test_the_page_never_scrolls_sideways(visit):
    page = visit()
    page.evaluate(OPEN_FOLDS)

    found = {}
    for width in (320, 390, 768, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate("document.documentElement.scrollWidth")

    assert all(scrolled <= width for width, scrolled in found.items()), found


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_sticks_out_of_a_phone(visit, width):
    page = visit({"width": width, "height": 844})
    page.evaluate(OPEN_FOLDS)

    outside = page.evaluate(
        """() => [...document.querySelectorAll('main td, main th, main p, svg text')]
            .filter(e => e.getClientRects().length && !e.closest('.unseen, thead'))
            .filter(e => { const r = e.getBoundingClientRect();
                           return r.right > innerWidth + 1 || r.left < -1; })
            .map(e => e.textContent.slice(0, 40))"""
    )

    assert outside == []


def test_charts_on_a_phone_are_drawn_for_a_phone(visit):
    page = visit(PHONE)

    sizes = page.evaluate(
        """() => [...document.querySelectorAll('.chart > svg')]
            .filter(e => e.getClientRects().length)
            .map(e => e.getBoundingClientRect().width / e.viewBox.baseVal.width)"""
    )

    assert len(sizes) >= 6
    assert min(sizes) >= 0.95  # letters of 12 units stay at 11 pixels or more


def test_words_on_the_map_do_not_cover_each_other(visit):
    page = visit()

    covered = page.evaluate(
        """() => { const all = [...document.querySelectorAll('#map .wide text')]
                .map(e => [e.textContent, e.getBoundingClientRect()]);
            const found = [];
            all.forEach(([a, r], k) => all.slice(k + 1).forEach(([b, s]) => {
              if (r.left < s.right - 1 && s.left < r.right - 1 &&
                  r.top < s.bottom - 3 && s.top < r.bottom - 3) found.push(a + b);
            })); return found; }"""
    )

    assert covered == []


def test_the_answer_is_on_the_first_screen(visit):
    page = visit()

    bottom = page.evaluate(
        "document.querySelector('.outcomes li').getBoundingClientRect().bottom"
    )

    assert bottom < DESK["height"]


def test_the_bar_and_the_flow_change_their_colors_in_the_dark(visit):
    script = """() => [
        getComputedStyle(document.querySelector('.bar .outcome-6')).backgroundColor,
        getComputedStyle(document.querySelector('#flow [fill="#a8200d"]')).fill]"""

    light = visit(color_scheme="light").evaluate(script)
    dark = visit(color_scheme="dark").evaluate(script)

    assert light == ["rgb(168, 32, 13)"] * 2
    assert dark == ["rgb(255, 156, 138)"] * 2


def test_everything_can_be_read_without_a_script(visit):
    page = visit(java_script_enabled=False)

    for name in ("answer", "left-out", "buy", "desk", "rests", "check"):
        assert page.locator(f"#{name}").is_visible()
    page.locator("#flow summary").click()
    assert page.locator("#flow table").is_visible()


def test_the_folds_work_by_keyboard(visit):
    page = visit()
    fold = page.locator("#map summary")

    fold.focus()
    page.keyboard.press("Enter")

    assert page.locator("#map details").get_attribute("open") is not None


def test_headings_go_down_one_step_at_a_time(visit):
    levels = visit().evaluate(
        """[...document.querySelectorAll('h1,h2,h3,h4')]
            .map(e => Number(e.tagName[1]))"""
    )

    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_page_prints(visit, paper, tmp_path):
    page = visit()

    printed = page.pdf(format=paper, path=tmp_path / "report.pdf")

    pages = printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ")
    assert printed.startswith(b"%PDF")
    assert 6 <= pages <= 40


@pytest.mark.parametrize("width", [690, 710], ids=["A4", "Letter"])
def test_no_table_is_cut_on_paper(visit, width):
    page = visit({"width": width, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate(OPEN_FOLDS)

    cut = page.evaluate(
        """() => [...document.querySelectorAll('table, .chart svg')]
            .filter(t => t.getBoundingClientRect().right > innerWidth + 1)
            .map(t => t.textContent.slice(0, 40))"""
    )

    assert cut == []


def test_paper_is_white_whatever_the_screen(visit):
    page = visit(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
