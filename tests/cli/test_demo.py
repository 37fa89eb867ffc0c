"""The demonstration, on a small Southern California."""

from __future__ import annotations

import pytest

from caretime.cli import main


def test_the_demonstration_ends_with_a_report_and_a_result_to_reproduce(
    tmp_path, capsys
):
    out = tmp_path / "out"
    options = ["--scale", "0.01", "--weeks", "4", "--replications", "2"]

    with pytest.raises(SystemExit) as stop:
        main(["demo", "--out", str(out), *options])

    shown = capsys.readouterr()
    report = (out / "report.html").read_text(encoding="utf-8")
    assert stop.value.code == 0
    assert "$ caretime new" in shown.err
    assert "$ caretime compare" in shown.err
    assert "Settlement" in shown.out
    assert "socal-2024-09-union" in report
    assert (out / "result.json").stat().st_size > 1_000


def test_a_demonstration_that_cannot_start_says_so_and_stops(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["demo", "--out", str(tmp_path), "--scale", "0"])

    shown = capsys.readouterr()
    assert stop.value.code == 2
    assert "$ caretime compare" not in shown.err
