"""
The pictures of the README and the manual are what their commands draw today.

``CARETIME_REFRESH=1`` draws them anew instead of failing; look at them before you
commit them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from caretime.cli import main

IMAGES = Path(__file__).parents[2] / "docs/images"


def run(*tokens):
    with pytest.raises(SystemExit) as left:
        main([str(token) for token in tokens])
    assert left.value.code == 0


@pytest.fixture(scope="module")
def weeks(tmp_path_factory):
    """Make the clinic of the README and its weeks, by the README's own commands."""
    root = tmp_path_factory.mktemp("pictures")
    run("new", root / "clinic", "--example", "clinic-of-eight", "--seed", 1)
    contract = ("--contract", "socal-2025-settlement")
    run("roster", root / "clinic", *contract, "--out", root / "built")
    return root


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("week.svg", ("--clinician", "C-00001")),
        ("site.svg", ("--site", "S-01")),
    ],
)
def test_a_picture_is_what_its_command_draws(weeks, name, shown):
    drawn = weeks / name
    run("roster", weeks / "clinic", "--roster", weeks / "built", *shown, "--svg", drawn)

    if os.environ.get("CARETIME_REFRESH"):
        (IMAGES / name).write_bytes(drawn.read_bytes())

    assert drawn.read_bytes() == (IMAGES / name).read_bytes()


@pytest.mark.parametrize("name", ["week.svg", "site.svg"])
def test_a_picture_stands_alone_and_does_not_move(name):
    text = (IMAGES / name).read_text(encoding="utf-8")

    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "<title>" in text
    for word in ("<script", "<animate", "<foreignObject", "@import", "href=", "url(h"):
        assert word not in text
