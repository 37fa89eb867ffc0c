from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretime.errors import InputError
from caretime.formats.casebook import casebook_contract, casebook_ids
from caretime.formats.contracts import (
    contract_hash,
    contract_text,
    read_contract,
    read_contract_text,
    write_contract,
)
from caretime.model.terms import Contract
from caretime.rules.clause_kinds import clause_kinds, fields_of, make_clause

HEADER = """\
contract:
  id: made
  title: A made contract
  effective: 2025-05-08
  standing: union
  source: a leaflet
"""


TERSE = pytest.mark.filterwarnings("ignore::caretime.errors.AssumptionWarning")
"""For contracts that leave out meals, rests and intakes to be short."""


def read(clauses, header=HEADER):
    return read_contract_text(f"{header}{clauses}", source="contracts/x.yaml")


def problems(clauses, header=HEADER):
    with pytest.raises(InputError) as caught:
        read(clauses, header)
    return [str(problem) for problem in caught.value.problems]


def without_lines(contract):
    clauses = tuple(replace(clause, line=0) for clause in contract.clauses)
    return replace(contract, clauses=clauses)


def test_every_field_is_there_and_silence_means_the_default():
    contract = read("clauses:\n  - {id: A, kind: protected_hours, hours_per_week: 7}\n")

    clause = contract.clauses[0]
    assert set(clause.terms) == set(fields_of("protected_hours"))
    assert clause["hours_per_week"] == 7
    assert clause["base"] == "full_time"
    assert clause["counts"] == ("patient_management", "notes", "group_preparation")
    assert (clause.source, clause.standing, clause.line) == ("a leaflet", "union", 8)


def test_a_message_names_line_clause_field_and_what_was_found():
    found = problems(
        "clauses:\n"
        "  - id: C-4\n"
        "    kind: visit_length\n"
        "    visit_type: return\n"
        "    minutes: 50 min\n"
    )

    assert found == [
        "contracts/x.yaml:11 clause C-4, minutes: expected a whole number of minutes "
        "from 10 to 240, got '50 min' (did you mean 50?)"
    ]


def test_all_problems_come_at_once():
    found = problems(
        "clauses:\n"
        "  - {id: A, kind: protected_hour, hours_per_week: 7}\n"
        "  - {id: B, kind: rest, minuts: 10}\n"
        "  - {id: C, kind: wages, license: LCWS, hourly_usd: -3}\n"
        "  - {id: D, kind: meal, covers: [therapists], effective: soon}\n"
        "  - {kind: meal, standing: employr}\n"
        "  - 12\n",
        HEADER.replace("2025-05-08", "8 May 2025"),
    )

    assert found == [
        "contracts/x.yaml:4 contract, effective: expected a date such as 2025-05-08, "
        "got '8 May 2025'",
        "contracts/x.yaml:8 clause A, kind: unknown clause kind 'protected_hour' "
        "(did you mean protected_hours?)",
        "contracts/x.yaml:9 clause B, minuts: unknown field 'minuts' "
        "(did you mean minutes?)",
        "contracts/x.yaml:10 clause C, hourly_usd: expected a number of USD/hour "
        "from 1 to 1000, got -3",
        "contracts/x.yaml:10 clause C, license: expected one of LCSW, LMFT, LPCC, "
        "PSYCHOLOGIST, ASW, AMFT, APCC, SUD_COUNSELOR, PMHNP, PSYCHIATRIST, got "
        "'LCWS' (did you mean LCSW?)",
        "contracts/x.yaml:11 clause D, covers: unknown license 'therapists' "
        "(did you mean therapist?)",
        "contracts/x.yaml:11 clause D, effective: expected a date such as "
        "2025-05-08, got 'soon'",
        "contracts/x.yaml:12 clause 5, id: expected text, got nothing",
        "contracts/x.yaml:12 clause 5, standing: expected one of confirmed, union, "
        "employer, assumption, unverified, got 'employr' (did you mean employer?)",
        "contracts/x.yaml:13 clauses: expected a clause with id and kind, got 12",
    ]


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        (
            "{id: A, kind: protected_hours, hours_per_week: 5, percent: 20}",
            "expected exactly one of hours_per_week, percent, minutes_per_visit, "
            "got hours_per_week and percent",
        ),
        ("{id: A, kind: protected_hours}", "got none"),
        (
            "{id: A, kind: protected_hours, minutes_per_visit: 15}",
            "per_visit goes with minutes_per_visit",
        ),
        (
            "{id: A, kind: protected_hours, hours_per_week: 5, bookable_hours: 6, "
            "bookable_trigger: access_missed}",
            "expected at most the clause's 5, got 6",
        ),
        (
            "{id: A, kind: protected_hours, hours_per_week: 5, bookable_hours: 2}",
            "expected access_missed or productivity_missed",
        ),
        ("{id: A, kind: intake_mix}", "got none"),
        ("{id: A, kind: caseload_cap}", "caseload_cap needs patients"),
        ("{id: A, kind: work_week, start: '8'}", "expected a time of day from 07:00"),
        ("{id: A, kind: work_week, start: '06:30'}", "expected a time of day"),
        ("{id: A, kind: rest, minutes: 10.5}", "expected a whole number"),
        ("{id: A, kind: rest, minutes: true}", "expected a whole number"),
        ("{id: A, kind: intake_mix, carve_out: maybe}", "expected yes or no"),
        (
            "{id: A, kind: phase_in, clause: B, steps: [{on: 2026-01-01, value: 5}]}",
            "no clause 'B'",
        ),
        ("{id: A, kind: phase_in, clause: A, steps: [5]}", "expected a list of steps"),
        ("{id: A, kind: unmodeled, text: ''}", "expected text"),
    ],
)
def test_a_clause_that_contradicts_itself_is_refused(clause, message):
    assert message in "\n".join(problems(f"clauses:\n  - {clause}\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a contract: header and a list of clauses:"),
        ("contract: 12\n", "expected a contract: header"),
        (f"{HEADER}clauses:\n\t- x\n", "indent with spaces, not tabs"),
        (f"{HEADER}  id: again\nclauses: []\n", 'found duplicate key "id"'),
        (f"{HEADER}clauses: none\n", "expected a list"),
        (f"{HEADER}  until: 2025-01-01\nclauses: []\n", "from 2025-05-08 on"),
        (f"{HEADER}  based_on: nowhere\nclauses: []\n", "no contract 'nowhere'"),
        (f"{HEADER}clause: []\n", "did you mean clauses?"),
        (
            f"{HEADER}clauses:\n  - {{id: A, kind: meal}}\n  - {{id: A, kind: rest}}\n",
            "clause id 'A' stands twice",
        ),
    ],
)
def test_a_file_that_is_no_contract_is_refused(text, message):
    with pytest.raises(InputError) as caught:
        read_contract_text(text)

    assert message in str(caught.value)


def test_a_missing_file_and_foreign_bytes_are_problems(tmp_path):
    foreign = tmp_path / "foreign.yaml"
    foreign.write_bytes(b"contract:\n  title: r\xe9sum\xe9\n")

    with pytest.raises(InputError, match=r"gone\.yaml: No such file"):
        read_contract(tmp_path / "gone.yaml")
    with pytest.raises(InputError, match=r"foreign\.yaml:2: expected UTF-8"):
        read_contract(foreign)


@TERSE
def test_a_byte_order_mark_is_no_problem(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}clauses: []\n".encode())

    assert read_contract(path).contract_id == "made"


@TERSE
def test_a_contract_says_only_where_it_differs_from_its_base(tmp_path):
    (tmp_path / "base.yaml").write_text(
        f"{HEADER.replace('made', 'base')}"
        "clauses:\n"
        "  - {id: PMT, kind: protected_hours, hours_per_week: 4}\n"
        "  - {id: MEAL, kind: meal}\n"
        "  - {id: REST, kind: rest}\n"
    )
    path = tmp_path / "made.yaml"
    path.write_text(
        f"{HEADER}  based_on: base\n  without: [REST]\n"
        "clauses:\n"
        "  - {id: PMT, kind: protected_hours, hours_per_week: 7}\n"
        "  - {id: CAP, kind: caseload_cap, patients: 80}\n"
    )

    contract = read_contract(path)

    assert [clause.clause_id for clause in contract.clauses] == ["PMT", "MEAL", "CAP"]
    assert contract.clauses[0]["hours_per_week"] == 7


def test_a_contract_based_on_itself_is_refused(tmp_path):
    for one, other in (("a", "b"), ("b", "a")):
        header = HEADER.replace("id: made", f"id: {one}\n  based_on: {other}")
        (tmp_path / f"{one}.yaml").write_text(f"{header}clauses: []\n")

    with pytest.raises(InputError, match="based on itself"):
        read_contract(tmp_path / "a.yaml")


@pytest.mark.parametrize("name", casebook_ids())
def test_a_written_contract_reads_back_the_same(name, tmp_path):
    contract = casebook_contract(name)
    path = tmp_path / "x.yaml"

    write_contract(contract, path)

    again = read_contract(path)
    assert without_lines(again) == without_lines(contract)
    assert contract_hash(again) == contract_hash(contract)


@TERSE
def test_an_edit_keeps_comments_and_what_it_does_not_touch(tmp_path):
    path = tmp_path / "x.yaml"
    before = (
        "# What was agreed in May.\n"
        f"{HEADER}"
        "clauses:\n"
        "  # The heart of it.\n"
        "  - id: PMT\n"
        "    kind: protected_hours\n"
        "    hours_per_week: 5  # was four\n"
        "    bookable_trigger: never\n"
        "  - id: MEAL\n"
        "    kind: meal\n"
    )
    path.write_text(before)
    contract = read_contract(path)
    pmt, meal = contract.clauses
    changed = replace(pmt, terms={**pmt.terms, "hours_per_week": 6.5})

    write_contract(replace(contract, clauses=(changed, meal)), path)

    assert path.read_text() == before.replace(
        # The comment stays in its column.
        "hours_per_week: 5  #",
        "hours_per_week: 6.5 #",
    )


def test_writing_an_unchanged_contract_changes_no_byte(tmp_path):
    path = tmp_path / "x.yaml"
    write_contract(casebook_contract("socal-2025-settlement"), path)
    before = path.read_bytes()

    write_contract(read_contract(path), path)

    assert path.read_bytes() == before


def test_an_edit_of_a_based_contract_leaves_the_base_alone(tmp_path):
    before = (
        f"{HEADER}  based_on: base-week-socal\nclauses:\n  - id: MEAL\n    kind: meal\n"
    )
    path = tmp_path / "x.yaml"
    path.write_text(before)
    contract = read_contract(path)
    kept = tuple(
        replace(c, terms={**c.terms, "patients": 90})
        if c.clause_id == "CASELOAD"
        else c
        for c in contract.clauses
        if c.clause_id != "TRAINING"
    )

    write_contract(replace(contract, clauses=kept), path)

    again = read_contract(path)
    assert without_lines(again) == without_lines(replace(contract, clauses=kept))
    assert path.read_text().count("- id:") == 2
    assert "without:\n    - TRAINING\n" in path.read_text()


def test_a_hash_is_of_what_is_said_and_not_of_where():
    plain = read("clauses:\n  - {id: A, kind: meal}\n")
    spread = read("clauses:\n  # a meal\n  - id: A\n    kind: meal\n    minutes: 30\n")
    longer = read("clauses:\n  - {id: A, kind: meal, minutes: 45}\n")

    assert contract_hash(plain) == contract_hash(spread)
    assert contract_hash(plain) != contract_hash(longer)


def value_of(field):
    match field.type:
        case "number":
            return st.floats(field.low, field.high).map(lambda x: round(x, 2))
        case "integer":
            return st.integers(int(field.low), int(field.high))
        case "yes_no":
            return st.booleans()
        case "choice":
            return st.sampled_from(field.choices)
        case "choices":
            return st.lists(
                st.sampled_from(field.choices), min_size=1, unique=True
            ).map(tuple)
        case "date":
            return st.dates(date(2000, 1, 1), date(2040, 1, 1))
        case "clock":
            return st.integers(int(field.low), int(field.high))
        case _:
            return st.sampled_from(["es", "any", "PMT: 5 hours # \u2013 'so'", "12"])


ALONE = {"protected_hours", "intake_mix", "work_week", "phase_in"}
"""Kinds whose fields bind one another; tests above have them."""


@given(st.data())
def test_any_clause_reads_back_the_same(data):
    kind = data.draw(st.sampled_from(sorted(set(clause_kinds()) - ALONE)))
    fields = fields_of(kind)
    terms = {name: data.draw(value_of(field)) for name, field in fields.items()}
    clause = make_clause("A", kind, covers=("LCSW", "ASW"), **terms)
    clause = replace(clause, source="a leaflet", standing="union")
    contract = Contract(
        "made", "Made", date(2025, 5, 8), "union", "a leaflet", (clause,)
    )

    again = read_contract_text(contract_text(contract))

    assert without_lines(again) == contract
