"""What the judge still finds is told, unless the same site's shortage says it."""

from dataclasses import replace

import pytest

from caretime.formats.casebook import casebook_contract
from caretime.model.outcome import Shortage
from caretime.rostering import build_roster
from caretime.rostering._judged import unkept
from caretime.simulation import make_system


@pytest.mark.parametrize(("clinic_id", "told"), [("S-01", []), ("S-02", [("rooms",)])])
def test_a_shortage_explains_the_rooms_of_its_own_site_only(clinic_id, told):
    town = make_system("clinic-of-eight", seed=1)
    contract = casebook_contract("socal-2025-settlement")
    roster = build_roster(town, contract, budget=1).roster
    one_room = tuple(replace(clinic, rooms=1) for clinic in town.clinics)

    clashes = unkept(
        roster,
        replace(town, clinics=one_room),
        contract,
        town.first_day,
        without_week=(),
        shortages=[Shortage(clinic_id, "rooms", "Mon", 60, "a room short")],
    )

    assert [clash.clause_ids for clash in clashes] == told
