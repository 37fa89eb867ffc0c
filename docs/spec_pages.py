"""
Print the spec tests into the manual, as the tables they are.

``python docs/spec_pages.py`` runs every spec test and writes what was run to
``docs/reference/spec-*.md``; with ``--check`` it writes nothing and fails if a page
is not what the tests would make of it.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
SPECS = ROOT / "tests" / "spec"
HERE = Path(__file__).parent / "reference"

sys.path.insert(0, str(SPECS))

from steward import FIXTURES, Table, sentence  # noqa: E402

FOOT = (
    "Each row was run as a test when this page was made. The readings behind them, "
    "and which of them are ours, stand in [Rules and clocks](../explanation/rules.md)."
)


def pages() -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of every page, in the order of the files."""
    for source in sorted(SPECS.glob("test_spec_*.py")):
        module = importlib.import_module(source.stem)
        name = source.stem.removeprefix("test_spec_").replace("_", "-")
        yield HERE / f"spec-{name}.md", page(module)


def page(module: ModuleType) -> str:
    """Return the page of one file: its docstring as heading, its tests as rows."""
    title, _, intro = (inspect.getdoc(module) or "").partition("\n\n")
    heading = f"# {title.rstrip('.')}\n"
    return "\n".join((heading, intro.strip() + "\n", rows_of(module), FOOT + "\n"))


def rows_of(module: ModuleType) -> str:
    """Run the tests of a file and return their rows as a Markdown table."""
    table = Table()
    for name, test in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("test_"):
            wanted = inspect.signature(test).parameters
            made = {
                fixture: FIXTURES[fixture](table, sentence(name)) for fixture in wanted
            }
            made_at = len(table.rows)
            test(**made)
            for row in table.rows[made_at:]:
                row.line = test.__code__.co_firstlineno
    rows = sorted(table.rows, key=lambda row: row.line)
    columns = list(dict.fromkeys(column for row in rows for column in row.cells))
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [
        f"| {' | '.join(plain(row.cells.get(column, '')) for column in columns)} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Return text that stands in one cell."""
    return " ".join(text.replace("|", r"\|").split())


def main(arguments: list[str]) -> int:
    """Write the pages, or say which are stale; 1 if any is."""
    stale = [
        (path, text)
        for path, text in pages()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        print(f"{path.relative_to(ROOT)} is not what the spec tests make of it")
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
