"""How a build is run: stopped, interrupted, on more processes, in another order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from caretime.rostering import build_roster
from caretime.rules.roster import check_roster
from rostering.hard_sites import FULLEST, OTHER, case, faults, shift, team
from rostering.tiny import clinic, clinician

SITES = tuple(clinic(name=name, rooms=20) for name in ("S-1", OTHER, "S-3"))


def three_sites(each=3, terms=FULLEST):
    """Return sites of a few people with half a day's difference between them."""
    people = [
        clinician(f"C-{site.clinic_id}-{k}", clinic_id=site.clinic_id, fte=1 - k / 10)
        for site in SITES
        for k in range(each)
    ]
    return case(*people, clinics=SITES, terms=terms, cover=(shift(1, 9, 11),))


def after(sweeps):
    """Return a question that is answered with yes from some time on."""
    asked = count()
    return lambda: next(asked) >= sweeps


@pytest.mark.parametrize("sweeps", [0, 1, 3])
def test_a_build_stopped_early_gives_valid_weeks_and_a_valid_bound(sweeps):
    town, terms = three_sites()

    result = build_roster(town, terms, stop=after(sweeps))

    assert result.status == "stopped"
    assert len(result.roster.weeks) == len(town.clinicians)
    assert check_roster(result.roster, town, terms) == ()
    assert faults(town, terms, stop=after(sweeps)) == []


def test_the_bound_of_a_stopped_build_is_above_the_weeks_of_a_whole_one():
    town, terms = three_sites()

    stopped = build_roster(town, terms, stop=lambda: True)
    whole = build_roster(town, terms)

    assert stopped.bound >= whole.bound >= whole.objective


def test_processes_and_repetition_change_nothing():
    town, terms = three_sites()

    alone = build_roster(town, terms, budget=5)

    assert build_roster(town, terms, budget=5) == alone
    assert build_roster(town, terms, budget=5, workers=2) == alone


def test_other_processes_stop_when_asked():
    town, terms = three_sites()

    result = build_roster(town, terms, workers=2, stop=lambda: True)

    assert len(result.roster.weeks) == len(town.clinicians)
    assert check_roster(result.roster, town, terms) == ()


def test_the_order_of_rows_changes_nothing():
    town, terms = three_sites()
    turned = replace(
        town,
        clinicians=town.clinicians[::-1],
        cover=town.cover[::-1],
        clinics=town.clinics[::-1],
    )

    once = build_roster(town, terms, budget=5)
    again = build_roster(turned, terms, budget=5)

    assert again.roster.weeks == once.roster.weeks
    assert (again.objective, again.bound) == (once.objective, once.bound)


def test_a_clinic_of_one_is_built_alike_whatever_others_do():
    town, terms = case(*team(2), clinicians=())
    one = replace(town, clinicians=team(1))

    alone = build_roster(one, terms)

    assert build_roster(one, terms, workers=2) == alone


CHILD = """
from caretime.rostering import build_roster
from rostering.test_builder_runs import three_sites

if __name__ == "__main__":
    town, terms = three_sites(each=14)
    print("begins", flush=True)
    build_roster(town, terms, workers=2)
"""


@pytest.mark.skipif(os.name != "posix", reason="interrupts are sent by signal")
def test_an_interrupt_ends_all_processes(tmp_path):
    script = tmp_path / "build.py"
    script.write_text(CHILD, encoding="utf-8")
    room = str(Path(__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": room},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begins\n"
        os.killpg(child.pid, signal.SIGINT)

        _, told = child.communicate(timeout=60)

    assert child.returncode != 0
    assert "KeyboardInterrupt" in told
