import pytest

from caretime.errors import PlanError
from caretime.formats.casebook import (
    casebook_contract,
    casebook_ids,
    contract_named,
)
from caretime.model.terms import STANDINGS
from caretime.rules.counting import counting_claims
from caretime.rules.ledger import week_ledger
from caretime.tables import rows

SOUTH = tuple(name for name in casebook_ids() if name.startswith("socal"))
DEMO = (
    "socal-2021-in-force",
    "socal-2024-10-employer",
    "socal-2024-09-union",
    "socal-2025-settlement",
)
PAY = {"raise", "bonus"}


def of_kind(name, kind):
    return [clause for clause in casebook_contract(name).clauses if clause.kind == kind]


def test_every_row_of_both_timelines_is_there():
    assert casebook_ids() == (
        "norcal-2015-ratio",
        "norcal-2021-in-force",
        "norcal-2022-08-05-employer",
        "norcal-2022-09-employer",
        "norcal-2022-10-06-employer",
        "norcal-2022-10-11-employer",
        "norcal-2022-10-union",
        "norcal-2022-settlement",
        "norcal-2025-employer",
        "socal-2021-in-force",
        "socal-2024-09-04-employer",
        "socal-2024-09-16-union",
        "socal-2024-09-24-employer",
        "socal-2024-09-union",
        "socal-2024-10-employer",
        "socal-2025-01-employer",
        "socal-2025-settlement",
    )


@pytest.mark.parametrize("name", casebook_ids())
def test_every_clause_has_a_source_and_a_standing(name):
    contract = casebook_contract(name)

    assert contract.contract_id == name
    for clause in contract.clauses:
        assert clause.source, clause.clause_id
        assert clause.standing in STANDINGS


@pytest.mark.parametrize("name", casebook_ids())
def test_a_confirmed_clause_cites_a_read_source(name):
    for clause in casebook_contract(name).clauses:
        if clause.standing == "confirmed":
            assert "[C" in clause.source, clause.clause_id
        if clause.standing in ("union", "employer"):
            assert f"[C-{clause.standing}]" in clause.source, clause.clause_id


@pytest.mark.parametrize("name", casebook_ids())
def test_every_license_has_a_wage_a_caseload_cap_and_reserved_intakes(name):
    contract = casebook_contract(name)

    for row in rows("licenses"):
        for kind in ("wages", "caseload_cap", "intake_mix"):
            found = contract.of_kind(kind, contract.effective, row["license"])
            assert len(found) == 1, (kind, row["license"])


def test_the_south_differs_only_in_protected_hours_pay_and_text():
    def common(name):
        return {
            clause.clause_id: dict(clause.terms)
            for clause in casebook_contract(name).clauses
            if clause.kind not in {"protected_hours", "unmodeled", *PAY}
        }

    assert all(common(name) == common(SOUTH[0]) for name in SOUTH)


@pytest.mark.parametrize(
    ("name", "percents"),
    [
        ("socal-2024-09-04-employer", [4, 3, 3, 3]),
        ("socal-2024-09-union", [10, 9, 9]),
        ("socal-2024-10-employer", [5, 5, 4, 4]),
        ("socal-2025-settlement", [5.5, 5, 5, 4.5]),
        ("norcal-2022-settlement", [4, 3, 3, 3]),
    ],
)
def test_raises_are_as_published(name, percents):
    raises = [c["percent"] for c in of_kind(name, "raise") if not c["lump_sum"]]

    assert raises == percents


def test_the_first_raise_of_the_settlement_is_retroactive():
    first = of_kind("socal-2025-settlement", "raise")[0]

    assert first["on"] < casebook_contract("socal-2025-settlement").effective


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        # protected minutes of a full-time therapist's week
        ("norcal-2021-in-force", 6.0),  # 15 % of 40
        ("norcal-2022-08-05-employer", 6.8),  # 17 % of 40
        ("norcal-2022-09-employer", 7.2),  # 18 % of 40
        ("norcal-2022-10-06-employer", 10.0),  # 25 % of 40, meetings included
        ("norcal-2022-10-union", 8.0),  # 20 % of 40
        ("norcal-2022-10-11-employer", 7.5),  # 20 % of 37.5
        ("norcal-2022-settlement", 8.0),  # about two more than six
        ("socal-2021-in-force", 4.0),
        ("socal-2024-09-16-union", 7.25),  # 29 visits x 15 minutes
        ("socal-2025-01-employer", 10.0),  # 25 % of 40, meetings included
        ("socal-2025-settlement", 5.0),
    ],
)
def test_protected_hours_are_as_published(name, hours):
    ledger = week_ledger(casebook_contract(name))

    protected = sum(line.minutes for line in ledger.lines if line.protected)
    assert protected == hours * 60


def test_the_union_never_lets_time_be_booked():
    assert week_ledger(casebook_contract("socal-2024-09-union")).bookable_minutes == 0


def test_the_demo_contracts_keep_what_is_not_modeled_as_text():
    texts = [c["text"] for name in DEMO for c in of_kind(name, "unmodeled")]

    assert any("pension" in text for text in texts)
    assert any("25 years" in text for text in texts)


def test_every_claim_is_about_a_contract_of_the_casebook():
    assert {claim.contract for claim in counting_claims()} <= set(casebook_ids())


def test_an_unknown_contract_is_refused_with_a_near_miss():
    with pytest.raises(PlanError, match="did you mean socal-2025-settlement"):
        casebook_contract("socal-2025-setlement")


def test_a_name_is_a_file_where_it_looks_like_one(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "contract: {id: mine, title: Mine, effective: 2025-01-01,\n"
        "           standing: assumption, source: made, based_on: base-week-socal}\n"
        "clauses: []\n"
    )

    assert contract_named(str(path)).contract_id == "mine"
    assert contract_named("socal-2025-settlement").standing == "confirmed"
