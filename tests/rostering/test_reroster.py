from dataclasses import replace

import pytest

from caretime.errors import PlanError
from caretime.model.care import Group
from caretime.model.outcome import Clash, RosterResult
from caretime.model.site import Cover, TeamMeeting, Unavailability, WorkPlace
from caretime.model.week import TELEHEALTH, Roster
from caretime.rostering._part_of_site import PARKED, part_of_site
from caretime.rostering.policy import RosterPolicy
from caretime.rostering.reroster import KEPT_POINTS, rebuild_site, reroster
from caretime.rules.clause_kinds import make_clause
from rostering.tiny import (
    CONTRACT,
    SITE,
    clinic,
    clinician,
    contract,
    roster,
    system,
    week,
)

EARLY, LATE = "Mon 09:00-09:50 return", "Mon 10:00-10:50 return"
NINE = Unavailability("C-1", 0, 9 * 60, 10 * 60)
STAFF = tuple(clinician(f"C-{n}", fte=0.1) for n in (1, 2, 3))


class Script:
    """A builder that gives each clinician the week written for the attempt."""

    def __init__(self, *attempts, clashes=()):
        self.attempts, self.calls, self.clashes = list(attempts), [], clashes

    def __call__(self, system, contract, **options):
        staff = [c.clinician_id for c in system.clinicians if c.clinic_id == SITE]
        self.calls.append((system, staff, options))
        written = self.attempts[min(len(self.calls), len(self.attempts)) - 1]
        weeks = tuple(week(who, written[who]) for who in staff if who in written)
        return RosterResult(
            "optimal", Roster(CONTRACT, weeks), 0, 0, 1, "0", "", "", 1, 1,
            clashes=self.clashes,
        )  # fmt: skip


def rebuilt(people, weeks, script, *, terms=None, clinicians=(), **tables):
    return rebuild_site(
        system(*people, **tables),
        terms or contract(),
        roster(*(week(who, text) for who, text in weeks.items())),
        site=SITE,
        clinicians=clinicians,
        policy=RosterPolicy(),
        build=script,
        options={"seed": 1},
    )


def texts(result):
    return {w.clinician_id: w.template.blocks[0].start for w in result.roster.weeks}


def test_weeks_that_keep_every_rule_are_not_touched():
    script = Script({})
    now = {"C-1": EARLY, "C-2": EARLY, "C-3": LATE}

    result, diff = rebuilt(STAFF, now, script)

    assert script.calls == []
    assert (diff.reach, diff.freed, diff.changed_weeks) == ("nobody", (), 0)
    assert texts(result) == {"C-1": 540, "C-2": 540, "C-3": 600}


def test_only_who_is_hit_by_the_change_is_rebuilt():
    script = Script({"C-1": LATE})
    now = {"C-1": EARLY, "C-2": EARLY, "C-3": EARLY}

    result, diff = rebuilt(STAFF, now, script, unavailable=(NINE,))

    (_, staff, options), *others = script.calls
    assert (staff, others) == (["C-1"], [])
    assert options["policy"].worth("kept_blocks") == KEPT_POINTS
    assert options["week_now"].week_of("C-2") == week("C-2", EARLY)
    assert texts(result) == {"C-1": 600, "C-2": 540, "C-3": 540}
    assert (diff.reach, diff.freed) == ("1 of the 3 of S-1", ("C-1",))
    assert [w.kind for w in diff.weeks] == ["changed", "kept", "kept"]


def test_who_is_named_is_rebuilt_although_nothing_is_broken():
    script = Script({"C-2": LATE})

    result, _ = rebuilt(STAFF[:2], {"C-1": EARLY, "C-2": EARLY}, script,
                        clinicians=["C-2"])  # fmt: skip

    assert texts(result) == {"C-1": 540, "C-2": 600}


def test_when_a_room_goes_one_moves_and_the_others_are_put_back():
    # All three stand at nine; two rooms are left, and the builder moves two.
    script = Script({"C-1": EARLY, "C-2": LATE, "C-3": LATE})
    now = {"C-1": EARLY, "C-2": EARLY, "C-3": EARLY}

    result, diff = rebuilt(STAFF, now, script, site=clinic(rooms=2))

    assert texts(result) == {"C-1": 540, "C-2": 540, "C-3": 600}
    assert diff.visits("moved") == 1
    assert diff.reach == "all 3 of S-1"


def test_the_change_widens_to_those_in_the_rooms_it_needs():
    # One room: C-1 may not work at nine and takes the hour of C-2, who is then freed.
    script = Script({"C-1": LATE}, {"C-1": LATE, "C-2": EARLY})
    now = {"C-1": EARLY, "C-2": LATE, "C-3": "Tue 09:00-09:50 return"}

    result, diff = rebuilt(
        STAFF, now, script, site=clinic(rooms=1), unavailable=(NINE,)
    )

    assert [staff for _, staff, _ in script.calls] == [["C-1"], ["C-1", "C-2"]]
    assert texts(result) == {"C-1": 600, "C-2": 540, "C-3": 1980}
    assert diff.reach == "1 of the 3 of S-1, and 1 coupled with them"


def test_the_whole_site_is_freed_last_and_what_stays_broken_is_said():
    # Nobody on the site may hold the shift, so that no freedom helps.
    shift = Cover(SITE, 1, 9 * 60, 12 * 60, ("PSYCHIATRIST",), 1)
    script = Script({"C-1": LATE, "C-2": EARLY, "C-3": EARLY})
    now = {"C-1": EARLY, "C-2": EARLY, "C-3": EARLY}

    result, diff = rebuilt(STAFF, now, script, unavailable=(NINE,), cover=(shift,))

    assert [len(staff) for _, staff, _ in script.calls] == [1, 3]
    assert diff.reach == "all 3 of S-1; 1 rules stay broken"
    assert texts(result) == {"C-1": 600, "C-2": 540, "C-3": 540}


def test_what_one_person_breaks_alone_does_not_free_the_others():
    script = Script({"C-1": EARLY})
    now = {"C-1": EARLY, "C-2": EARLY, "C-3": EARLY}

    _, diff = rebuilt(STAFF, now, script, unavailable=(NINE,))

    assert [staff for _, staff, _ in script.calls] == [["C-1"]]
    assert diff.reach == "1 of the 3 of S-1; 1 rules stay broken"


def test_who_joins_gets_a_week_and_who_leaves_loses_it():
    script = Script({"C-3": LATE})

    result, diff = rebuilt(STAFF[1:], {"C-1": EARLY, "C-2": EARLY}, script)

    assert texts(result) == {"C-2": 540, "C-3": 600}
    assert [w.kind for w in diff.weeks] == ["left", "kept", "joined"]


def test_who_has_no_legal_week_does_not_free_the_others():
    script = Script({}, clashes=(Clash(("C-3",), ("A", "B"), "none"),))

    result, diff = rebuilt(STAFF[1:], {"C-2": EARLY}, script)

    assert texts(result) == {"C-2": 540}
    assert [staff for _, staff, _ in script.calls] == [["C-3"]]
    assert "broken" not in diff.reach


def test_a_clause_that_changed_frees_those_it_hits():
    terms = contract(
        make_clause("LENGTH", "visit_length", visit_type="return", minutes=55)
    )
    longer = "Mon 09:00-09:55 return"
    script = Script({"C-1": longer})

    result, diff = rebuilt(
        STAFF[:2], {"C-1": EARLY, "C-2": longer}, script, terms=terms
    )

    assert diff.freed == ("C-1",)
    assert result.roster.contract_id == CONTRACT
    assert diff.visits("resized") == 1


def test_a_pair_of_supervision_is_rebuilt_together():
    boss = clinician("C-1", fte=0.1)
    new = clinician("C-2", fte=0.1, license="ASW", supervisor_id="C-1")
    terms = contract(
        make_clause("S", "activity_hours", activity="supervision", hours_per_week=1.0,
                    base="flat", covers=("ASW",))
    )  # fmt: skip
    early = "Mon 09:00-10:00 supervision"
    late = "Mon 10:00-11:00 supervision"
    script = Script({"C-1": late, "C-2": late})

    result, diff = rebuilt(
        (boss, new, STAFF[2]),
        {"C-1": early, "C-2": early, "C-3": EARLY},
        script,
        terms=terms,
        unavailable=(replace(NINE, clinician_id="C-2"),),
    )

    assert [staff for _, staff, _ in script.calls] == [["C-1", "C-2"]]
    assert texts(result) == {"C-1": 600, "C-2": 600, "C-3": 540}
    assert diff.freed == ("C-1", "C-2")


def test_the_site_must_be_one_and_known():
    people = system(clinician("C-1"), clinician("C-2"))
    now = roster(week("C-1", EARLY))

    for options, message in (
        ({}, "name the site"),
        ({"clinicians": ["C-9"]}, "no clinician C-9"),
        ({"clinic_id": "S-9"}, "no clinic S-9"),
        ({"clinicians": ["C-1"], "clinic_id": "S-9"}, "one site at a time"),
    ):
        with pytest.raises(PlanError, match=message):
            reroster(people, contract(), now, **options)


def part(weeks, freed, people=STAFF, **tables):
    return part_of_site(system(*people, **tables), roster(*weeks), set(freed), SITE)


def test_the_rooms_of_those_who_stay_are_kept_for_them():
    weeks = [week("C-1", EARLY), week("C-2", LATE), week("C-3", LATE, TELEHEALTH)]

    found = part(weeks, {"C-1"})

    assert found.work_places == (WorkPlace("C-2", 0, 600, 650, SITE),)
    assert [c.clinic_id for c in found.clinicians] == [
        SITE,
        SITE + PARKED,
        SITE + PARKED,
    ]


def test_only_the_cover_that_nobody_holds_is_left():
    shift = Cover(SITE, 0, 9 * 60, 12 * 60, ("LCSW",), 2)
    later = Cover(SITE, 1, 9 * 60, 12 * 60, (), 1)
    weeks = [week("C-2", "Mon 09:00-12:00 crisis_cover; Tue 09:00-12:00 crisis_cover")]

    found = part(weeks, {"C-1", "C-3"}, cover=(shift, later))

    assert found.cover == (replace(shift, clinicians=1),)


def test_an_open_team_meeting_stands_where_those_who_stay_meet():
    meeting = TeamMeeting(SITE, 60)
    weeks = [
        week("C-2", "Mon 09:00-10:00 meeting; Wed 13:00-14:00 meeting"),
        week("C-3", "Wed 12:30-14:00 meeting"),
    ]

    found = part(weeks, {"C-1"}, team_meetings=(meeting,))

    assert found.team_meetings == (TeamMeeting(SITE, 60, 2, 13 * 60),)


def test_the_freed_keep_their_telehealth_days():
    monday = week("C-1", EARLY, TELEHEALTH)

    found = part([monday, week("C-2", EARLY)], {"C-1"})

    assert WorkPlace("C-1", 0, 0, 1440, TELEHEALTH) in found.work_places


def test_groups_stay_with_leaders_who_stay():
    mine = Group("G-1", "C-1", "C-2", 0, 540, 90, 8, "adult", "en", "therapy")
    theirs = replace(
        mine, group_id="G-2", leader_id="C-2", co_leader_id=None, weekday=1
    )
    weeks = [
        week("C-1", "Mon 09:00-10:30 group"),
        week("C-2", "Mon 09:00-10:30 group; Tue 09:00-10:30 group"),
    ]

    found = part(weeks, {"C-1"}, groups=(mine, theirs))

    assert [g.group_id for g in found.groups] == ["G-1"]
    # The room of the group led together is the leader's.
    assert found.work_places == (WorkPlace("C-2", 1, 540, 630, SITE),)
