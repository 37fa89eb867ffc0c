"""The report in a real browser: phone, desktop, dark, print, no script, no mouse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_comparisons import made_comparison

from caretime.reports import write_report

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
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
OPEN_FOLDS = "document.querySelectorAll('details').forEach(d => d.open = true)"
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return write_report(made_comparison(), folder / "report.html")


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


def violations(page):
    found = axe_api.Axe().run(page).response["violations"]
    return [
        (violation["id"], node["target"], node.get("failureSummary", ""))
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def test_nothing_is_asked_of_the_network_and_nothing_goes_wrong(browser, report):
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    asked, said, failed = [], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: failed.append(str(error)))

    page.goto(report.as_uri())
    page.locator("summary").first.click()
    page.locator(".switch button").nth(1).click()

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

    assert violations(page) == []


def test_the_page_never_scrolls_sideways(visit):
    page = visit()
    page.evaluate(OPEN_FOLDS)

    found = {}
    for width in (320, 360, 412, 768, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate("document.documentElement.scrollWidth")

    assert all(scrolled <= width for width, scrolled in found.items()), found


def test_nothing_sticks_out_of_a_phone(visit):
    page = visit(PHONE)
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
        """() => [...document.querySelectorAll('.chart svg')]
            .filter(e => e.getClientRects().length)
            .map(e => e.getBoundingClientRect().width / e.viewBox.baseVal.width)"""
    )

    assert len(sizes) > 15
    assert min(sizes) >= 0.95  # letters of 12 units stay at 11 pixels or more


def test_the_picture_changes_its_colors_in_the_dark(visit):
    script = """() => getComputedStyle(document.querySelector(
        '#wait-intake svg [stroke="#2f78d8"]')).stroke"""

    light = visit(color_scheme="light").evaluate(script)
    dark = visit(color_scheme="dark").evaluate(script)

    assert light == "rgb(47, 120, 216)"
    assert dark == "rgb(92, 157, 255)"


def test_everything_can_be_read_without_a_script(visit):
    page = visit(java_script_enabled=False)

    for name in ("answer", "summary", "waits", "weeks", "dispute", "assumed", "again"):
        assert page.locator(f"#{name}").is_visible()
    assert page.locator("#waits figure:visible").count() == 4
    page.locator("#waits summary").first.click()
    assert page.locator("#waits table").first.is_visible()


def test_the_switch_shows_one_clock_and_all_again(visit):
    page = visit()

    page.get_by_role("button", name="Urgent").click()
    one = page.locator("#waits figure:visible").count()
    page.get_by_role("button", name="All clocks").click()

    assert one == 1
    assert page.locator("#waits figure:visible").count() == 4


def test_the_folds_and_the_switch_work_by_keyboard(visit):
    page = visit()
    fold = page.locator("#differences summary").first

    fold.focus()
    page.keyboard.press("Enter")

    assert page.locator("#differences details").first.get_attribute("open") is not None


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_page_prints(visit, paper, tmp_path):
    page = visit()

    printed = page.pdf(format=paper, path=tmp_path / "report.pdf")

    pages = printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ")
    assert printed.startswith(b"%PDF")
    assert 8 <= pages <= 60


@pytest.mark.parametrize("width", [690, 710], ids=["A4", "Letter"])
def test_no_table_is_cut_on_paper(visit, width):
    page = visit({"width": width, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate(OPEN_FOLDS)

    cut = page.evaluate(
        """() => [...document.querySelectorAll('table')]
            .filter(t => t.getBoundingClientRect().right > innerWidth + 1)
            .map(t => t.caption.textContent)"""
    )

    assert cut == []


def test_paper_is_white_whatever_the_screen(visit):
    page = visit(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
