"""The strike desk from plan to plan made anew, nothing replaced: text against files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from caretime.cli import main

TIERS = {"1 (highest)": {"1"}, "2 (middle)": {"2"}, "3 (lowest)": {"3"}}
TIERS["All"] = {"1", "2", "3"}


@dataclass
class Desk:
    """What two runs of the verb printed, where they wrote, and what patients said."""

    folder: Path
    first: Path
    again: Path
    first_text: str
    again_text: str
    declined: dict[str, str]
    accepted: dict[str, str]


def printed(*tokens):
    """Run the program and return what it printed."""
    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as left:
        main([str(token) for token in tokens])
    assert left.value.code == 0
    return out.getvalue()


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(text, title):
    """Return the numbers of the line with a title."""
    line = next(x for x in text.splitlines() if x.strip().startswith(f"{title}  "))
    return [
        int(n) for n in re.findall(r"(?<![\d-])\d+(?![\d-])", line.replace(",", ""))
    ]


def offers(plan):
    return {
        m["patient_id"]: m["substitute_id"]
        for m in rows(plan, "matches")
        if m["outcome"] == "placed"
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Plan the clinic's own incident, then anew after every fourth patient declined."""
    place = tmp_path_factory.mktemp("whole")
    folder, first, again = place / "clinic", place / "plan", place / "monday"
    printed("new", folder, "--example", "clinic-of-eight", "--incidents")
    text = printed(
        *("strike", folder, "--incident", "half-away", "--out", first),
        "--no-recovery",
    )
    offered = list(offers(first).items())
    declined, accepted = dict(offered[::4]), dict(offered[1::4])
    update = place / "answers.csv"
    with update.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("patient_id", "answer", "at"))
        for said, people in (("declined", declined), ("accepted", accepted)):
            for who in people:
                table.writerow((who, said, "2024-10-11T09:00:00-07:00"))
    more = printed(
        *("strike", folder, "--based-on", first, "--update", update),
        *("--out", again, "--no-recovery"),
    )
    return Desk(folder, first, again, text, more, declined, accepted)


@pytest.fixture(params=["first", "again"])
def run(request, desk):
    """Return folder and text of the first plan, and of the one made anew."""
    return getattr(desk, request.param), getattr(desk, f"{request.param}_text")


def test_the_lines_above_the_tables_are_those_of_the_files(run):
    plan, text = run
    series, bookings = rows(plan, "series"), rows(plan, "bookings")
    visits = sum(len(one["weeks"].split(";")) for one in series)
    contacts, home = rows(plan, "contacts"), rows(plan, "home")
    proposed = sum(one["standing"] == "proposed" for one in bookings)
    choices = Counter(one["choice"] for one in home)

    placed = offers(plan)

    assert told(text, "affected") == [len(series), visits, len(placed)]
    assert told(text, "dated")[:2] == [len(bookings), proposed]
    assert told(text, "to be called")[0] == len({c["patient_id"] for c in contacts})
    assert told(text, "to be recorded") == [
        sum(c["clinician_must_record"] == "yes" for c in contacts)
    ]
    assert told(text, "the way back") == [choices["home"], choices["stays"]]
    assert 0 < len(placed) < len(series)


def test_the_table_by_risk_counts_the_people_of_the_files(run):
    plan, text = run
    tier = {one["patient_id"]: one["risk_tier"] for one in rows(plan, "series")}
    first = {
        one["patient_id"]: one["within_limit"]
        for one in rows(plan, "bookings")
        if one["number"] == "1"
    }
    outcome = {}
    for one in rows(plan, "matches"):
        who = one["patient_id"]
        held = {"yes": "in time", "no": "later"}.get(first.get(who, ""), "no time")
        outcome[who] = held if one["outcome"] == "placed" else one["outcome"]

    for name, tiers in TIERS.items():
        line = next(x for x in text.splitlines() if x.startswith(f" {name} "))
        found = Counter(outcome[who] for who in tier if tier[who] in tiers)
        kinds = ("in time", "later", "no time", "waits", "left_out")
        shown = [int(n) for n in line.replace(name, "").split()]
        assert shown[:6] == [found.total(), *(found[kind] for kind in kinds)]


def test_the_text_says_what_the_verifier_says(run, desk):
    plan, text = run

    looked = json.loads(printed("strike", desk.folder, "--verify", plan, "--json"))

    assert looked["holds"] is True
    assert looked["faults"] == []
    assert told(text, "checked") == [sum(looked["checked"].values())]
    for level in looked["levels"]:
        assert re.search(rf" {level['value']:,} +{level['bound']:,} *$", text, re.M)


def test_whoever_declined_has_somebody_else_or_nobody(desk):
    now = offers(desk.again)

    assert desk.declined
    assert all(now.get(who) != other for who, other in desk.declined.items())
    assert {who: now.get(who) for who in desk.accepted} == desk.accepted


def test_what_changed_is_counted_as_the_files_differ(desk):
    before, now = offers(desk.first), offers(desk.again)
    everybody = {one["patient_id"] for one in rows(desk.again, "series")}
    expected = {
        "patients get another substitute than offered": sum(
            before[who] != now[who] for who in before.keys() & now.keys()
        ),
        "patients have a substitute now": len(now.keys() - before.keys()),
        "patients have nobody now": len(before.keys() - now.keys()),
        "patients as before": sum(before.get(who) == now.get(who) for who in everybody),
    }

    lines = [" ".join(x.split()) for x in desk.again_text.splitlines()]
    assert expected["patients as before"] < len(everybody)
    for words, count in expected.items():
        found = [x.split()[0] for x in lines if x.endswith(words)]
        assert found == ([str(count)] if count else []), words
