"""Each kind of corruption is planted in a sound plan, and exactly it is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from corruptions_of_bookings import BOOKINGS, a_visit_on_a_holiday
from corruptions_of_matches import CLINIC, CONTRACT, DATED, MATCHES, PLAN, Planted

from caretime.continuity.verify import KINDS, verify_plan


def test_the_sound_plan_has_no_fault() -> None:
    dated = verify_plan(DATED, CLINIC, CONTRACT)
    undated = verify_plan(PLAN, CLINIC, CONTRACT)

    assert dated.faults == undated.faults == ()
    assert dated.holds
    assert dated.checked["bookings"] == len(DATED.bookings) > 10


@pytest.mark.parametrize(
    ("plant", "kinds"), MATCHES, ids=[plant.__name__ for plant, _ in MATCHES]
)
def test_a_corruption_is_told_and_nothing_else(
    plant: Callable[[], Planted], kinds: set[str]
) -> None:
    planted = plant()

    proof = verify_plan(planted.plan, planted.system, CONTRACT, update=planted.update)

    assert {fault.kind for fault in proof.faults} == kinds
    if planted.who is not None:
        told_of = {fault.who for fault in proof.faults if fault.kind in kinds}
        assert planted.who in told_of
    assert not proof.holds


@pytest.mark.parametrize(
    ("plant", "kinds"), BOOKINGS, ids=[plant.__name__ for plant, _ in BOOKINGS]
)
def test_a_corrupted_booking_is_told_and_nothing_else(
    plant: Callable[[], Planted], kinds: set[str]
) -> None:
    planted = plant()

    proof = verify_plan(planted.plan, planted.system, CONTRACT)

    assert {fault.kind for fault in proof.faults} == kinds
    assert planted.who in {fault.who for fault in proof.faults}


def test_a_visit_on_a_new_holiday_is_told() -> None:
    planted = a_visit_on_a_holiday()

    proof = verify_plan(planted.plan, planted.system, CONTRACT)

    assert planted.who in {f.who for f in proof.faults if f.kind == "day_off"}


def test_every_kind_of_fault_is_in_the_closed_list_and_planted() -> None:
    planted = set().union(*(kinds for _, kinds in (*MATCHES, *BOOKINGS)))

    assert planted <= set(KINDS)
    assert set(KINDS) - planted <= {"span", "outcome", "day_off"}
