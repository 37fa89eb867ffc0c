"""
Every command and example of the manual does what its page says.

A page runs from top to bottom in an empty folder. ``console`` blocks are
commands after ``$`` with the standard output they give (``…`` stands for
anything); a block with a caption is a file of that name; ``python`` blocks are
doctests. A block that cannot run here stands under a comment
``<!-- not run: why -->``.

``CARETIME_REFRESH=1`` writes what a command gives into its page instead of
failing; read the difference before you commit it.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "docs/tutorial.md",
    *sorted((ROOT / "docs/how-to").glob("*.md")),
    ROOT / "docs/explanation/matching.md",
]
BLOCK = re.compile(
    r"(?P<excuse><!-- not run: [^>]+ -->\n)?"
    r"^```(?P<kind>[^\n`]+)\n(?P<body>.*?)^```$",
    flags=re.DOTALL | re.MULTILINE,
)
SHOWN_ONLY = {"text", "{toctree}"}
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """One fenced block and the line it starts on."""

    kind: str
    body: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            match["kind"].strip(),
            match["body"],
            text.count("\n", 0, match.start("body")),
        )
        for match in BLOCK.finditer(text)
        if not match["excuse"]
    ]


def commands(body: str) -> list[tuple[str, str]]:
    """Split a console block into commands and what each writes."""
    found: list[tuple[str, str]] = []
    for line in body.splitlines():
        command, wanted = found[-1] if found else ("", "")
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif command.endswith("\\") and not wanted:
            found[-1] = (f"{command}\n{line}", "")
        else:
            assert found, f"output before any command: {line}"
            found[-1] = (command, f"{wanted}{line}\n")
    return found


def environment(home: Path) -> dict[str, str]:
    beside = str(Path(sys.executable).parent)
    return {
        "PATH": os.pathsep.join([beside, os.environ["PATH"]]),
        "HOME": str(home),
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
    }


def run_console(block: Block, here: Path, page: Path | None = None) -> None:
    for command, wanted in commands(block.body):
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=here,
            env=environment(here),
            capture_output=True,
            text=True,
            check=False,
        )
        said = f"line {block.line}: {command}\n{done.stdout}{done.stderr}"
        assert done.returncode == 0, said
        if wanted.strip():
            wanted = wanted.replace("…", "...")
            same = doctest.OutputChecker().check_output(wanted, done.stdout, FLAGS)
            if page and not same and os.environ.get("CARETIME_REFRESH"):
                rewrite(page, command, wanted.replace("...", "…"), done.stdout)
            else:
                assert same, said


def rewrite(page: Path, command: str, old: str, new: str) -> None:
    text = page.read_text(encoding="utf-8")
    lines = "".join(f"{line.rstrip()}\n" for line in new.splitlines())
    before, after = f"$ {command}\n{old}", f"$ {command}\n{lines}"
    assert text.count(before) == 1, f"cannot find the output of {command}"
    page.write_text(text.replace(before, after), encoding="utf-8")


def run_python(block: Block, page: Path, names: dict[str, object]) -> None:
    parser = doctest.DocTestParser()
    test = parser.get_doctest(block.body, names, page.name, str(page), block.line)
    assert test.examples, f"line {block.line}: a python block without >>>"
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not runner.failures, "".join(said)


def write_file(block: Block, here: Path) -> None:
    caption = re.match(r":caption: (?P<name>\S+)\n\n?", block.body)
    assert caption, f"line {block.line}: a block of a file needs a caption"
    path = here / caption["name"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.body[caption.end() :], encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_of_the_manual_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}

    for block in blocks(page):
        if block.kind == "console":
            run_console(block, tmp_path, page)
        elif block.kind == "python":
            run_python(block, page, names)
        elif block.kind.startswith("{code-block}"):
            write_file(block, tmp_path)
        else:
            assert block.kind in SHOWN_ONLY, f"line {block.line}: {block.kind}"


def test_a_console_block_is_split_into_commands_and_what_they_write():
    body = "$ one --a \\\n    --b\nfirst\nsecond\n$ two\n"

    assert commands(body) == [
        ("one --a \\\n    --b", "first\nsecond\n"),
        ("two", ""),
    ]


def test_a_block_under_an_excuse_is_left_out(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- not run: needs two machines -->\n```console\n$ false\n```\n"
        "```console\n$ true\n```\n",
        encoding="utf-8",
    )

    assert blocks(page) == [Block("console", "$ true\n", 5)]


def test_output_that_differs_from_the_page_is_noticed(tmp_path):
    block = Block("console", "$ echo 1 of 2\n1 of 3\n", 1)

    with pytest.raises(AssertionError, match="echo 1 of 2"):
        run_console(block, tmp_path)
