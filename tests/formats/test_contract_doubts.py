"""A proposal that is well formed and probably not what was meant."""

from __future__ import annotations

import pytest

from caretime.errors import AssumptionWarning, InputError
from caretime.formats import notices, read_contract, read_system, write_system
from caretime.formats.casebook import casebook_ids
from caretime.formats.contracts import inspect_contract_text, read_contract_text
from formats.small import small_system

HEADER = """\
contract:
  id: mine
  title: Mine
  effective: 2025-05-08
  standing: union
  source: a leaflet
"""
BASED = f"{HEADER}  based_on: base-week-socal\n"


def clauses(*fields: str) -> str:
    items = "".join(f"  - {{id: C{n}, {item}}}\n" for n, item in enumerate(fields))
    return f"clauses:\n{items}"


def doubts(text: str) -> list[str]:
    _, found = inspect_contract_text(text, source="mine.yaml")
    return [str(doubt) for doubt in found]


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_contract_text(text, source="mine.yaml")
    return str(caught.value)


def test_a_forgotten_base_is_doubted():
    text = HEADER + clauses("kind: protected_hours, hours_per_week: 7", "kind: rest")

    assert doubts(text) == [
        "mine.yaml:2 contract: no clause of kind meal or intake_mix: the week has "
        "none (did you forget based_on?)"
    ]


def test_a_proposal_with_its_base_is_not_doubted():
    assert doubts(BASED + clauses("kind: protected_hours, hours_per_week: 7")) == []


def test_a_clause_left_out_on_purpose_is_not_doubted():
    text = f"{BASED}  without: [MEAL]\n" + clauses("kind: benefits, percent: 30")

    assert doubts(text) == []


def test_a_share_written_as_a_percent_is_doubted():
    text = BASED + clauses("kind: protected_hours, percent: 0.25, base: full_week_40")

    assert doubts(text) == [
        "mine.yaml:9 clause C0, percent: 0.25 is less than one percent (did you mean "
        "25?)"
    ]


@pytest.mark.parametrize("base", ["", ", base: full_time"])
def test_a_percent_of_nothing_is_refused(base):
    text = BASED + clauses(f"kind: protected_hours, percent: 25{base}")

    assert refusal(text) == (
        "mine.yaml:9 clause C0, percent: percent of what? give base: full_week_40, "
        "net_of_meetings_37_5 or scheduled"
    )


@pytest.mark.parametrize("name", casebook_ids())
def test_no_contract_of_the_casebook_is_doubted(name):
    text = BASED.replace("base-week-socal", name) + "clauses: []\n"

    assert doubts(text) == []


def test_reading_a_file_warns_of_its_doubts(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(f"{HEADER}clauses: []\n")

    with pytest.warns(AssumptionWarning, match=r"mine.yaml:2 contract: no clause of"):
        contract = read_contract(path)

    assert contract.contract_id == "mine"


@pytest.mark.parametrize("name", ["a", "a.xlsx"])
def test_the_contracts_of_a_system_are_doubted_and_warned_of(tmp_path, name):
    system = small_system()
    (contract,) = system.contracts.values()
    path = tmp_path / "mine.yaml"
    path.write_text(f"{HEADER}clauses: []\n")
    with pytest.warns(AssumptionWarning):
        mine = read_contract(path)
    system.contracts["mine"] = mine
    write_system(system, tmp_path / name)

    (doubt,) = notices(tmp_path / name)

    assert "did you forget based_on?" in str(doubt)
    assert "contracts" in doubt.source
    with pytest.warns(AssumptionWarning, match="forget based_on"):
        assert read_system(tmp_path / name).contracts["terms-now"] == contract


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("kind: protected_hours, hours_per_week: 7 hours", "7"),
        ("kind: protected_hours, hours_per_week: '7,5'", "7.5"),
        ("kind: protected_hours, percent: 25 %, base: scheduled", "25"),
        ("kind: benefits, percent: '30%'", "30"),
        ("kind: rest, minutes: 10min", "10"),
    ],
)
def test_a_number_with_its_unit_is_offered_without(field, hint):
    assert refusal(BASED + clauses(field)).endswith(f"(did you mean {hint}?)")


@pytest.mark.parametrize("value", ["seven", "900 hours", "10.5 min"])
def test_a_number_that_would_be_wrong_too_is_not_offered(value):
    assert "did you mean" not in refusal(
        BASED + clauses(f"kind: rest, minutes: {value}")
    )
