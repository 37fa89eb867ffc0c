import csv
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from caretime.cli import ExitCode, main
from caretime.cli._affected_parts import parts_of
from caretime.continuity.affected import affected
from caretime.formats import write_system
from caretime.model.incident import Incident
from caretime.simulation import make_system

REGION = make_system("southern-california", scale=0.05, seed=1)
MONDAY = REGION.first_day
STRIKE = Incident("strike", MONDAY, MONDAY - timedelta(days=11), (0.6, 0.6, 0.5, 0.4))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("affected") / "region"
    write_system(replace(REGION, incidents=(STRIKE,)), path)
    return path


def run(capsys, *tokens):
    with pytest.raises(SystemExit) as left:
        main(["affected", *map(str, tokens)])
    shown = capsys.readouterr()
    return left.value.code, shown.out, shown.err


def contents(folder):
    return {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_first_screen_says_how_many_when_and_what_to_decide_first(capsys, folder):
    before = contents(folder)

    code, out, _ = run(capsys, folder, "--incident", "strike")

    found = affected(REGION, STRIKE)
    text = " ".join(out.split())
    first = next(day for day in found.days if day.decide)
    assert code == ExitCode.DONE
    assert f"people {found.totals.people:,}, {found.totals.highest_risk:,}" in text
    assert f"in the book {found.totals.booked:,} appointments" in text
    assert f"decide first {first.decide:,} appointments by {first.day}" in text
    for table in ("By week", "By day", "By county", "By language", "By risk"):
        assert table in text
    assert "nothing was written" in text
    assert contents(folder) == before


def test_lines_fit_a_terminal(capsys, folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    _, out, _ = run(capsys, folder, "--incident", "strike", "--seeds", "3")

    assert max(len(line) for line in out.splitlines()) <= 80


def test_the_list_has_one_row_for_each_appointment(capsys, folder, tmp_path):
    path = tmp_path / "calls.csv"

    code, _, err = run(capsys, folder, "--incident", "strike", "--csv", path)

    found = affected(REGION, STRIKE)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert code == ExitCode.DONE
    assert f"appointments: {path}" in err
    assert [row["appointment_id"] for row in rows] == [
        visit.appointment_id for visit in found.visits
    ]
    assert rows[0]["decide_by"] == str(found.visits[0].decide_by)
    assert [p.name for p in tmp_path.iterdir()] == ["calls.csv"]


def test_the_list_may_be_written_anew_but_replaces_nothing_else(
    capsys, folder, tmp_path
):
    path = tmp_path / "calls.csv"
    path.write_text("something else\n")

    refused, _, err = run(capsys, folder, "--incident", "strike", "--csv", path)
    kept = path.read_text()
    path.unlink()
    codes = [
        run(capsys, folder, "--incident", "strike", "--csv", path)[0] for _ in "ab"
    ]

    assert refused == ExitCode.USAGE
    assert "not a table of affected appointments" in err
    assert kept == "something else\n"
    assert codes == [ExitCode.DONE, ExitCode.DONE]


def test_a_fault_while_writing_leaves_the_old_list_whole(
    capsys, folder, tmp_path, monkeypatch
):
    path = tmp_path / "calls.csv"
    run(capsys, folder, "--incident", "strike", "--csv", path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("caretime.cli.affected.os.replace", full)
    code, _, err = run(
        capsys, folder, "--incident", "strike", "--seed", "2", "--csv", path
    )

    assert code == ExitCode.INPUT
    assert "No space left" in err
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["calls.csv"]


def test_json_has_totals_days_parts_and_range(capsys, folder):
    code, out, _ = run(capsys, folder, "--incident", "strike", "--seeds", "4", "--json")

    told = json.loads(out)
    assert code == ExitCode.DONE
    assert told["totals"]["booked"] == sum(day["booked"] for day in told["days"])
    assert told["range"]["draws"] == 4
    assert told["incident"]["incident_id"] == "strike"
    assert len(told["by_week"]) == told["weeks"] == 4
    assert told["inputs_hash"]
    assert (
        sum(p["people"] for p in told["by_part"]["languages"])
        == (told["totals"]["people"])
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("strik", "did you mean strike?"),
        ("flood", "has strike; a file's path ends in .yaml"),
    ],
)
def test_an_incident_that_is_not_there_is_told_with_the_nearest(
    capsys, folder, name, hint
):
    code, out, err = run(capsys, folder, "--incident", name)

    assert code == ExitCode.USAGE
    assert f"no incident '{name}'" in err
    assert hint in err
    assert out == ""


def test_an_incident_may_be_a_file_with_a_range(capsys, folder, tmp_path):
    path = tmp_path / "fire.yaml"
    path.write_text(
        f"incident_id: fire\nfirst_day: {MONDAY}\nnotice_day: {MONDAY}\n"
        "shares: [0.5, 0.4]\nshares_low: [0.4, 0.2]\nshares_high: [0.6, 0.6]\n"
    )

    code, out, _ = run(capsys, folder, "--incident", path)
    bad, _, err = run(capsys, folder, "--incident", tmp_path / "gone.yaml")

    assert code == ExitCode.DONE
    assert "incident fire: 2 weeks" in out
    assert re.search(r"Low path +Seed 1 +High path", out)
    assert bad == ExitCode.INPUT
    assert "gone.yaml" in err


def test_who_is_named_outside_the_sites_is_told(capsys, tmp_path):
    clinic = make_system("southern-california", scale=0.02, seed=1)
    who = clinic.clinicians[0]
    site = next(c.clinic_id for c in clinic.clinics if c.clinic_id != who.clinic_id)
    found = affected(clinic, _named(clinic, who.clinician_id, site))

    from caretime.cli.affected import _notes

    (note,) = _notes(found, clinic)
    assert note.startswith(f"{who.clinician_id} named in the incident but not at")


def test_an_open_end_and_weeks_without_bookings_are_told():
    from caretime.cli.affected import _notes

    day = MONDAY + timedelta(weeks=30)
    far = Incident("I", day, day, (0.5,), open_ended=True)

    notes = list(_notes(affected(REGION, far), REGION))

    assert any("no end is known: the first 8 weeks" in note for note in notes)
    assert any("due by cadence" in note for note in notes)


def test_an_incident_that_touches_nobody_says_so(capsys, tmp_path):
    calm = Incident("calm", MONDAY, MONDAY, (0.0,))
    write_system(replace(REGION, incidents=(calm,)), tmp_path / "calm")

    code, out, _ = run(capsys, tmp_path / "calm", "--incident", "calm")

    assert code == ExitCode.DONE
    assert "nobody: nothing is planned with those away" in out
    assert "By week" not in out


def test_no_small_count_stands_in_the_breakdowns_or_follows_from_them():
    for seed in range(1, 6):
        parts = parts_of(affected(REGION, STRIKE, seed=seed))
        counts = [
            count
            for rows in (parts.counties, parts.languages, parts.tiers)
            for one in rows
            for count in (one.people, one.booked, one.due)
        ]
        counts += [count for row in parts.crossed for count in row]
        assert [count for count in counts if count and count <= 10] == []
        lines = [*parts.crossed, *zip(*parts.crossed, strict=True)]
        for line, whole in zip(lines, [*parts.languages, *parts.counties], strict=True):
            rest = whole.people - sum(count or 0 for count in line)
            assert line.count(None) != 1 or rest > 10


def test_few_people_are_not_broken_down_at_all():
    who = REGION.patients[0].clinician_id
    alone = [p for p in REGION.patients if p.clinician_id == who][:9]
    system = replace(REGION, patients=tuple(alone), group_members=(), groups=())
    kept = {p.patient_id for p in alone}
    system = replace(
        system,
        appointments=tuple(a for a in REGION.appointments if a.patient_id in kept),
    )

    parts = parts_of(affected(system, _named(system, who, None)))

    assert (parts.counties, parts.languages, parts.crossed) == ((), (), ())


def test_the_drawn_list_is_called_a_rehearsal(capsys, folder):
    _, out, err = run(capsys, folder, "--incident", "strike")

    assert re.search(r"\(drawn, seed 1\)", out)
    assert "who is away is drawn" in err


def _named(system, who, site):
    return Incident(
        "I",
        system.first_day,
        system.first_day,
        clinician_ids=(who,),
        clinic_ids=(site,) if site else (),
        last_day=system.first_day + timedelta(days=27),
    )
