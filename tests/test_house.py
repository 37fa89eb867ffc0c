"""The house keeps its own rules: sizes, names, front door, nothing left behind."""

from __future__ import annotations

import ast
import csv
import re
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import caretime
from caretime.cli import app

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "caretime"

FILE_LINES = 400
TEST_LINES = 500
FUNCTION_LINES = 50
ENGINE_LINES = 120
FRONT_DOOR = 45

LONG_FILES: dict[str, str] = {}
"""File and reason. May only shrink: a file that fits must leave the list."""

ENGINES = "/_kernel/"
"""Compiled loops read better whole, in numbered steps."""

MIGRATIONS = "/migrations/"
"""Written by Django from the tables, which are what is read."""

SUBJECT = 60


@cache
def tracked() -> tuple[Path, ...]:
    """Files of the repository, or all but the ignored where there is no git."""
    done = git("ls-files", "-z")
    return tuple(ROOT / name for name in done.split("\0") if name)


def git(*arguments: str) -> str:
    # The clone may belong to somebody else than who runs the tests.
    command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"not a git clone: {done.stderr.strip()}")
    return done.stdout


def modules() -> list[Path]:
    packages = (SRC, ROOT / "src" / "caretime_web")
    return sorted(path for package in packages for path in package.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "src").as_posix()


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a body, its docstring left out."""
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_no_module_is_too_long_to_read_in_one_sitting():
    long = {
        name_of(path)
        for path in modules()
        if MIGRATIONS not in name_of(path)
        and len(path.read_text(encoding="utf-8").splitlines()) > FILE_LINES
    }

    assert long == set(LONG_FILES)


def test_no_test_file_is_too_long():
    long = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if len(path.read_text(encoding="utf-8").splitlines()) > TEST_LINES
    ]

    assert long == []


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} {body_lines(node)}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and body_lines(node)
        > (ENGINE_LINES if ENGINES in name_of(path) else FUNCTION_LINES)
    ]

    assert long == []


def test_every_room_says_what_it_is_in_its_first_line():
    silent = [
        name_of(path)
        for path in modules()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_no_module_is_a_drawer_for_odds_and_ends():
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "base"}

    found = [name_of(path) for path in modules() if path.stem.strip("_") in drawers]

    assert found == []


def test_every_engine_is_named_in_the_import_contract_that_guards_it():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    guarded = {
        module
        for contract in settings["tool"]["importlinter"]["contracts"]
        for module in contract.get("protected_modules", ())
    }

    engines = {
        name_of(path.parent).replace("/", ".")
        for path in modules()
        if path.parent.name in ("_kernel", "_plain")
    }

    assert engines == guarded


def test_the_front_door_is_sorted_and_small():
    assert caretime.__all__ == sorted(caretime.__all__)
    assert len(caretime.__all__) <= FRONT_DOOR


def test_every_name_at_the_front_door_opens_and_is_declared_for_type_checkers():
    tree = ast.parse((SRC / "__init__.py").read_text(encoding="utf-8"))
    declared = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("caretime")
        for alias in node.names
    }

    assert declared == caretime._HOME
    assert set(caretime.__all__) == set(caretime._HOME)
    for name in caretime.__all__:
        assert callable(getattr(caretime, name)), name
        assert getattr(caretime, name).__doc__, name


def test_opening_the_front_door_loads_no_room():
    code = (
        "import sys, caretime;"
        "print([m for m in sys.modules if m.startswith(('caretime.', 'numpy'))])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_every_command_is_in_the_manual():
    manual = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    verbs = [name for name in app() if not name.startswith("-")]

    missing = [verb for verb in verbs if f"## caretime {verb}\n" not in manual]

    assert verbs
    assert missing == []


@pytest.mark.parametrize(
    ("table", "column", "page"),
    [
        ("clause_kinds", "kind", "clauses"),
        ("clause_fields", "field", "clauses"),
        ("assumptions", "name", "assumptions"),
        ("activities", "activity", "activities"),
        ("licenses", "license", "licenses"),
        ("standards", "standard_id", "standards"),
    ],
)
def test_every_row_of_a_shipped_table_is_in_the_manual(table, column, page):
    manual = (ROOT / f"docs/reference/{page}.md").read_text(encoding="utf-8")
    with (SRC / f"tables/{table}.csv").open(encoding="utf-8", newline="") as file:
        names = [row[column] for row in csv.DictReader(file)]

    missing = [name for name in names if f"`{name}`" not in manual]

    assert names
    assert missing == []


def test_the_generated_pages_are_fresh():
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_data_dictionary_says_unit_and_meaning():
    dictionaries = [
        *(SRC / "tables/dictionary").glob("*.csv"),
        *(SRC / "tables").glob("*_fields.csv"),
    ]
    for path in dictionaries:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        assert {"unit", "meaning"} <= set(reader.fieldnames or ()), path.name
        silent = [row for row in rows if not row["meaning"]]
        assert silent == [], path.name

    assert len(dictionaries) > 10


def test_every_decision_page_has_context_decision_and_consequences():
    pages = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    for page in pages:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", page.name)
        text = page.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert headings[:3] == ["Context", "Decision", "Consequences"], page.name

    numbers = [page.name[:4] for page in pages]
    assert numbers == [f"{n:04}" for n in range(1, len(pages) + 1)]


def test_no_file_knows_a_machine_or_a_package_registry():
    # Spelled in parts, so that this file does not find itself.
    places = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/tmp" + "/brief"]
    hosts = [
        "pypi" + r"\.org",
        "python" + "hosted",
        r"npm" + r"js\.",
        "crates" + r"\.io",
    ]
    pattern = re.compile("|".join(places + hosts))

    found = []
    for path in tracked():
        if path.suffix in {".png", ".woff2", ".xlsx", ".parquet"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if match := pattern.search(text):
            found.append(f"{path.relative_to(ROOT)}: {match[0]}")

    assert found == []


def test_recent_commits_have_a_short_plain_subject():
    subjects = git("log", "--no-merges", "--format=%s", "-n", "30").splitlines()

    assert subjects
    for subject in subjects:
        assert len(subject) <= SUBJECT, subject
        assert subject[0].isupper() or not subject[0].isalpha(), subject
        assert not re.match(r"\w+(\(.*\))?!?: ", subject), f"prefix: {subject}"
        assert not subject.endswith("."), subject


def test_every_test_file_has_a_name_of_its_own():
    """Two of one name in folders without a package cannot be collected together."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))

    assert [name for name, count in names.items() if count > 1] == []
