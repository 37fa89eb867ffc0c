"""Unavailability, places of work, cover and team meetings of a system folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from caretime.formats import (
    check_folder,
    notices,
    read_system,
    system_hash,
    write_system,
)
from caretime.formats.dictionary import WEEK_TABLES
from caretime.model.people import Clinic
from caretime.model.site import (
    Cover,
    NetworkHours,
    StatedTime,
    TeamMeeting,
    Unavailability,
    WorkPlace,
)
from caretime.model.system import CareSystem
from caretime.model.week import TELEHEALTH
from formats.small import small_system

BEFORE = "30eeece94e63d083033791888785ef283f4f3a4a842a013e234a967fc10cd87c"
"""Hash of the clinic of three, taken before there were tables of the week."""

LICENSES = (
    "LCSW, LMFT, LPCC, PSYCHOLOGIST, ASW, AMFT, APCC, SUD_COUNSELOR, PMHNP or "
    "PSYCHIATRIST"
)
DRAW = (Phase.explicit, Phase.generate)
CLINICIANS, CLINICS = ("C-1", "C-2", "C-3"), ("S-1", "S-2")


def two_sites() -> CareSystem:
    """Return the clinic of three, with a second site where nobody is employed."""
    system = small_system()
    second = Clinic("S-2", "Orange", "92701", 33.75, -117.87, 4, 8 * 60, 18 * 60)
    return replace(system, clinics=(*system.clinics, second))


def full() -> CareSystem:
    """Return a system with some rows in every table of the week."""
    return replace(
        two_sites(),
        unavailable=(
            Unavailability("C-1", 4, 15 * 60, 24 * 60),
            Unavailability("C-1", 4, 16 * 60, 17 * 60),
        ),
        work_places=(
            WorkPlace("C-1", 0, 8 * 60, 12 * 60, "S-1"),
            WorkPlace("C-1", 0, 13 * 60, 17 * 60, "S-2", 45),
            WorkPlace("C-2", 1, 0, 24 * 60, TELEHEALTH),
        ),
        cover=(
            Cover("S-1", 2, 9 * 60, 12 * 60, ("LCSW", "LMFT"), 2),
            Cover("S-1", 2, 9 * 60, 12 * 60, (), 1),
        ),
        team_meetings=(TeamMeeting("S-1", 60), TeamMeeting("S-2", 90, 3, 12 * 60)),
        network_hours=(NetworkHours("N-1", 0, 9 * 60, 17 * 60),),
        stated_times=(
            StatedTime("P-1", 0, 8 * 60, 10 * 60),
            StatedTime("P-1", 0, 9 * 60, 24 * 60),
        ),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_system(full(), tmp_path / "a")
    return tmp_path / "a"


def told(path: Path) -> list[str]:
    return [str(problem) for problem in check_folder(path)]


spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(
    lambda span: span[0] < span[1]
)
weekdays = st.integers(0, 4)
spans_away = st.builds(
    lambda who, day, span: Unavailability(who, day, *span),
    st.sampled_from(CLINICIANS),
    weekdays,
    spans,
)
shifts = st.builds(
    lambda clinic_id, day, span, who, many: Cover(clinic_id, day, *span, who, many),
    st.sampled_from(CLINICS),
    weekdays,
    spans,
    st.lists(st.sampled_from(("LCSW", "ASW", "PMHNP")), unique=True).map(tuple),
    st.integers(1, 1000),
)


@st.composite
def work_places(draw: st.DrawFn) -> tuple[WorkPlace, ...]:
    """Draw places of work, none of one clinician at the same time as another."""
    chosen: list[WorkPlace] = []
    for who, day, span, place, travel in draw(
        st.lists(
            st.tuples(
                st.sampled_from(CLINICIANS),
                weekdays,
                spans,
                st.sampled_from((*CLINICS, TELEHEALTH)),
                st.integers(0, 480),
            ),
            max_size=8,
        )
    ):
        same = [p for p in chosen if (p.clinician_id, p.weekday) == (who, day)]
        if all(span[1] <= p.start or p.end <= span[0] for p in same):
            chosen.append(WorkPlace(who, day, *span, place, travel))
    return tuple(chosen)


@st.composite
def team_meetings(draw: st.DrawFn) -> tuple[TeamMeeting, ...]:
    """Draw one meeting a site at most, its time stated or open."""
    meetings = []
    for clinic_id in draw(st.lists(st.sampled_from(CLINICS), unique=True)):
        minutes = draw(st.integers(5, 480))
        when = draw(
            st.just((None, None)) | st.tuples(weekdays, st.integers(0, 1440 - minutes))
        )
        meetings.append(TeamMeeting(clinic_id, minutes, *when))
    return tuple(meetings)


@given(
    unavailable=st.lists(spans_away, max_size=4).map(tuple),
    places=work_places(),
    cover=st.lists(shifts, max_size=4).map(tuple),
    meetings=team_meetings(),
    hours=work_places(),
    stated=st.lists(spans_away, max_size=4).map(tuple),
    name=st.sampled_from(("folder", "book.xlsx")),
)
@settings(phases=DRAW, max_examples=40)
def test_tables_of_the_week_lose_nothing(
    unavailable, places, cover, meetings, hours, stated, name
):
    known = dict(zip(CLINICIANS, ("P-1", "P-2", "P-3"), strict=True))
    system = replace(
        two_sites(),
        unavailable=unavailable,
        work_places=places,
        cover=cover,
        team_meetings=meetings,
        network_hours=tuple(
            NetworkHours("N-1", one.weekday, one.start, one.end)
            for one in hours
            if one.clinician_id == "C-1"
        ),
        stated_times=tuple(
            StatedTime(known[one.clinician_id], one.weekday, one.start, one.end)
            for one in stated
        ),
    )

    with TemporaryDirectory() as parent:
        path = Path(parent) / name
        write_system(system, path)
        problems = check_folder(path)
        found = read_system(path)

    assert problems == ()
    assert replace(found, inputs_hash="") == system
    assert found.inputs_hash == system_hash(system)


def test_a_system_without_them_keeps_the_hash_it_had(tmp_path):
    write_system(small_system(), tmp_path / "a")

    assert system_hash(small_system()) == BEFORE
    assert read_system(tmp_path / "a").inputs_hash == BEFORE
    assert not (tmp_path / "a" / "cover.csv").exists()


def test_a_table_with_a_header_alone_is_as_good_as_none(tmp_path):
    write_system(small_system(), tmp_path / "a")
    (tmp_path / "a" / "cover.csv").write_text(
        "clinic_id,weekday,start,end,licenses,clinicians\n"
    )

    assert read_system(tmp_path / "a").inputs_hash == BEFORE


def test_the_fingerprint_sees_each_table():
    system = full()
    without = [
        replace(system, **{table: getattr(system, table)[:-1]}) for table in WEEK_TABLES
    ]

    hashes = {system_hash(one) for one in (system, *without)}

    assert len(hashes) == 1 + len(WEEK_TABLES) == 7


def test_a_sound_week_leaves_no_doubt(folder):
    assert told(folder) == []
    assert notices(folder) == ()


def test_every_problem_of_the_week_is_told_at_once(folder):
    (folder / "unavailable.csv").write_text(
        "clinician_id,weekday,start,end\nC-1,Mon,17:00,15:00\nC-O1,Monday,9:00,10:00\n"
    )
    (folder / "work_places.csv").write_text(
        "clinician_id,weekday,start,end,place,travel_minutes\n"
        "C-1,Mon,08:00,12:00,S-1,\n"
        "C-1,Mon,11:30,17:00,s1,30\n"
        "C-2,Tue,09:00,09:00,Telehealth,0\n"
        "C-3,Tue,09:00,12:00,home,500\n"
    )
    (folder / "cover.csv").write_text(
        "clinic_id,weekday,start,end,licenses,clinicians\nS-9,Mon,22:00,02:00,LCWS,0\n"
    )
    (folder / "team_meetings.csv").write_text(
        "clinic_id,minutes,weekday,start\n"
        "S-1,60,Mon,\n"
        "S-1,60,,09:00\n"
        "S-2,120,Tue,23:00\n"
        "S-2,60,Tue,22:30\n"
    )

    found = told(folder)

    assert [line.replace(LICENSES, "…") for line in found] == [
        "cover.csv:2 clinic_id: 'S-9' stands nowhere in clinics.csv",
        "cover.csv:2 clinicians: 0 is out of range, expected a whole number, 1 to 1000",
        "cover.csv:2 end: 02:00 is not after the start 22:00, expected a later time of "
        "the same day",
        "cover.csv:2 licenses: unknown licenses 'LCWS', expected … (did you mean "
        "LCSW?)",
        "team_meetings.csv:2 start: none beside the weekday, expected both or neither",
        "team_meetings.csv:3 weekday: none beside the start, expected both or neither",
        "team_meetings.csv:4 minutes: the meeting does not end before midnight",
        "team_meetings.csv:4 start: overlaps another meeting of S-2",
        "unavailable.csv:2 end: 15:00 is not after the start 17:00, expected a later "
        "time of the same day",
        "unavailable.csv:3 clinician_id: 'C-O1' stands nowhere in clinicians.csv (did "
        "you mean C-1?)",
        "unavailable.csv:3 start: found '9:00', expected a time of day such as 08:30, "
        "00:00 to 23:59 (did you mean 09:00?)",
        "unavailable.csv:3 weekday: found 'Monday', expected Mon, Tue, Wed, Thu or Fri "
        "(did you mean Mon?)",
        "work_places.csv:3 place: 's1' stands nowhere in clinics.csv and is not "
        "telehealth (did you mean S-1?)",
        "work_places.csv:3 start: overlaps an earlier span of C-1, which ends at 12:00",
        "work_places.csv:4 end: 09:00 is not after the start 09:00, expected a later "
        "time of the same day",
        "work_places.csv:4 place: 'Telehealth' stands nowhere in clinics.csv and is "
        "not telehealth (did you mean telehealth?)",
        "work_places.csv:5 place: 'home' stands nowhere in clinics.csv and is not "
        "telehealth",
        "work_places.csv:5 travel_minutes: 500 is out of range, expected a whole "
        "number, 0 to 480",
    ]


def test_hours_and_times_at_odds_are_told_at_once(folder):
    (folder / "network_hours.csv").write_text(
        "therapist_id,weekday,start,end\n"
        "N-1,Mon,09:00,12:00\n"
        "N-1,Mon,11:00,17:00\n"
        "n01,Sat,17:00,09:00\n"
    )
    (folder / "stated_times.csv").write_text(
        "patient_id,weekday,start,end,note\nP-9,Mon,09:00,09:00,after school\n"
    )

    assert told(folder) == [
        "network_hours.csv:3 start: overlaps an earlier span of N-1, which ends at "
        "12:00",
        "network_hours.csv:4 end: 09:00 is not after the start 17:00, expected a "
        "later time of the same day",
        "network_hours.csv:4 therapist_id: 'n01' stands nowhere in network.csv (did "
        "you mean N-1?)",
        "network_hours.csv:4 weekday: found 'Sat', expected Mon, Tue, Wed, Thu or Fri",
        "stated_times.csv:1 note: unknown column in stated_times (remove it, or see "
        "the dictionary of this table)",
        "stated_times.csv:2 end: 09:00 is not after the start 09:00, expected a later "
        "time of the same day",
        "stated_times.csv:2 patient_id: 'P-9' stands nowhere in patients.csv",
    ]


def test_odd_weeks_are_doubted_and_read(folder):
    (folder / "cover.csv").write_text(
        "clinic_id,weekday,start,end,licenses,clinicians\n"
        "S-1,Mon,07:00,09:00,,1\n"
        "S-2,Mon,09:00,10:00,,1\n"
        "S-1,Mon,09:00,10:00,PMHNP;LCSW,2\n"
    )
    (folder / "team_meetings.csv").write_text(
        "clinic_id,minutes,weekday,start\nS-1,90,Fri,17:00\n"
    )
    (folder / "work_places.csv").write_text(
        "clinician_id,weekday,start,end,place,travel_minutes\n"
        "C-1,Mon,08:00,12:00,S-1,30\n"
        "C-1,Mon,12:15,17:00,S-2,30\n"
        "C-2,Mon,08:00,10:00,S-1,\n"
        "C-2,Mon,10:00,11:00,telehealth,15\n"
        "C-2,Mon,12:00,13:00,S-2,15\n"
    )

    found = [str(doubt) for doubt in notices(folder)]

    assert told(folder) == []
    assert found == [
        "cover.csv:2 start: 07:00 to 09:00, S-1 is open 08:00 to 18:00",
        "cover.csv:3 clinicians: 1 at once, but S-2 has 0",
        "cover.csv:4 clinicians: 2 at once, but S-1 has 1 with license LCSW or PMHNP",
        "team_meetings.csv:2 start: 17:00 to 18:30, S-1 is open 08:00 to 18:00",
        "work_places.csv:2 travel_minutes: 30 minutes, but from no other clinic "
        "(travel counts between two clinics on one day)",
        "work_places.csv:3 travel_minutes: 30 minutes, but the span before ends 15 "
        "minutes earlier; travel takes the rest of it",
        "work_places.csv:5 travel_minutes: 15 minutes, but from no other clinic "
        "(travel counts between two clinics on one day)",
    ]


def test_a_clinic_may_not_be_called_telehealth(folder):
    file = folder / "clinics.csv"
    file.write_text(file.read_text().replace("S-2,", "telehealth,"))

    assert told(folder)[0] == (
        "clinics.csv:3 clinic_id: telehealth is the place without a site, expected "
        "another id"
    )


def test_a_misspelt_table_of_the_week_is_not_left_out_unseen(folder):
    (folder / "cover.csv").rename(folder / "covers.csv")

    assert told(folder) == [
        "covers.csv: no table of this name is read (did you mean cover.csv?)"
    ]
