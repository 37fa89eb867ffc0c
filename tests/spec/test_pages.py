"""The manual prints what was run."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from steward import ClockSpec, Table, WeekSpec, clause

from caretime.rules.clause_kinds import clause_family, clause_kinds
from caretime.rules.roster_scene import roster_rules

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "tests" / "spec").glob("test_spec_*.py"))
PRINTED = "".join(spec.read_text(encoding="utf-8") for spec in SPECS)


def test_the_printed_pages_are_what_the_specs_make_of_them():
    done = subprocess.run(
        [sys.executable, "docs/spec_pages.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "kind",
    [k for k in clause_kinds() if clause_family(k) in ("time", "visits", "breaks")],
)
def test_every_clause_kind_a_week_can_break_has_a_spec(kind):
    assert f'"{kind}"' in PRINTED


@pytest.mark.parametrize("rule", roster_rules())
def test_every_rule_of_a_site_has_a_spec_that_breaks_it(rule):
    calls = PRINTED.split('site("')

    assert any(c.startswith(f'{rule}"') and "violations=[" in c for c in calls)


def test_every_standard_has_a_spec():
    table = ROOT / "src" / "caretime" / "tables" / "standards.csv"
    with table.open(encoding="utf-8", newline="") as file:
        ids = [row["standard_id"] for row in csv.DictReader(file)]

    assert [name for name in ids if f'"{name}"' not in PRINTED] == []


def test_a_spec_with_a_wrong_answer_fails():
    with pytest.raises(AssertionError):
        WeekSpec(Table(), "")(
            clause("M", "meal"), week="Mon 12:00-12:30 meal; Mon 12:15-13:05 return"
        )


def test_a_clock_with_a_wrong_wait_fails():
    with pytest.raises(AssertionError):
        ClockSpec(Table(), "")(
            "ca-intake",
            starts="Mon 2025-05-05 09:00",
            offered="Tue 2025-05-06 09:00",
            says="met: offered_in_time",
            wait=2,
        )


@pytest.mark.parametrize("week", ["Mon 12:00 meal", "Mon 08:00-08:50 return x3"])
def test_a_week_that_cannot_be_read_fails(week):
    with pytest.raises(AssertionError):
        WeekSpec(Table(), "")(clause("M", "meal"), week=week)


def test_a_date_with_the_wrong_weekday_fails():
    with pytest.raises(AssertionError, match="is no Tue"):
        ClockSpec(Table(), "")(
            "ca-intake", starts="Tue 2025-05-05 09:00", says="", wait=0
        )
