"""A result can be asked again, and a changed one is found out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from bargaining_cast import care_system, contract, engine, hours, wage

import caretime.formats.system
from caretime.bargaining.document import (
    differences,
    read_document,
    seal,
    write_document,
)
from caretime.bargaining.questions import ask, find_contract
from caretime.bargaining.reproduce import document_of, reproduce
from caretime.errors import InputError

PAY = (wage(), wage("LMFT", 50))
NOW = contract("now", hours(4), *PAY)
OFFER = contract("offer", hours(6), *PAY)
SYSTEM = care_system(NOW, OFFER)
COMMON = {"folder": "clinic", "weeks": 4, "replications": 3, "seed": 1}
REQUESTS = {
    "comparison": COMMON
    | {
        "contracts": ["now", "offer"],
        "base": None,
        "precision": {},
        "with_leaving_off": True,
        "clauses": True,
        "pairs": [["now", "offer"]],
        "tornado": None,
        "deep_replications": 2,
    },
    "claims": COMMON | {"contract": "now", "claims": ["hour-costs-1300"]},
    "frontier": COMMON
    | {"contract": "now", "vary": "protected_hours", "values": [4, 6]},
    "what_it_takes": COMMON
    | {
        "contract": "now",
        "standard": "intake",
        "target": None,
        "lever": "hires",
        "confidence": 0.9,
        "cap": None,
    },
}


@pytest.fixture
def reads(monkeypatch):
    """Let the folder be a system made here."""

    def use(system=SYSTEM):
        monkeypatch.setattr(caretime.formats.system, "read_system", lambda _: system)

    use()
    return use


def written(kind: str, path):
    answer = ask(kind, REQUESTS[kind], SYSTEM, simulator=engine)
    write_document(document_of(kind, REQUESTS[kind], answer, SYSTEM), path)
    return path


@pytest.mark.parametrize("kind", REQUESTS)
def test_each_kind_of_result_comes_out_the_same(kind, tmp_path, reads):
    again = reproduce(written(kind, tmp_path / "r.json"), simulator=engine)

    assert again.matches
    assert again.differences == ()


def test_workers_change_no_number(tmp_path, reads):
    path = written("comparison", tmp_path / "r.json")

    assert reproduce(path, workers=7, simulator=engine).matches


def edit(path, change, *, sealed: bool) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))
    change(body)
    if sealed:
        body.pop("seal")
        body["seal"] = seal(body)
    path.write_text(json.dumps(body), encoding="utf-8")


def prettier(body) -> None:
    body["result"]["points"][1]["measures"]["visits_per_week"]["value"] += 100


def test_a_careless_edit_breaks_the_seal(tmp_path, reads):
    path = written("frontier", tmp_path / "r.json")
    edit(path, prettier, sealed=False)

    with pytest.raises(InputError, match="does not fit its seal"):
        reproduce(path, simulator=engine)


def test_a_forged_number_is_found_by_running_again(tmp_path, reads):
    path = written("frontier", tmp_path / "r.json")
    edit(path, prettier, sealed=True)

    again = reproduce(path, simulator=engine)

    assert not again.matches
    assert again.differing == 1
    assert again.differences[0].startswith(
        "result.points[1].measures.visits_per_week.value: written "
    )


def test_another_folder_is_another_question(tmp_path, reads):
    path = written("frontier", tmp_path / "r.json")
    reads(replace(SYSTEM, members=9000))

    with pytest.raises(InputError, match="the folder was changed"):
        reproduce(path, simulator=engine)


def test_another_proposal_in_the_folder_changes_no_result(tmp_path, reads):
    path = written("comparison", tmp_path / "r.json")
    more = contract("more", hours(8), *PAY)
    contracts = {**SYSTEM.contracts, "more": more}
    reads(replace(SYSTEM, contracts=contracts, inputs_hash="0" * 64))

    assert reproduce(path, simulator=engine).matches


def test_another_contract_in_force_is_another_question(tmp_path, reads):
    path = written("frontier", tmp_path / "r.json")
    cheaper = contract("now", hours(4), wage(usd=50), wage("LMFT", 50))
    reads(replace(SYSTEM, contracts={**SYSTEM.contracts, "now": cheaper}))

    with pytest.raises(InputError, match="the contract in force"):
        reproduce(path, simulator=engine)


def test_a_result_that_names_no_tables_is_checked_by_the_whole_folder(tmp_path, reads):
    path = written("frontier", tmp_path / "r.json")
    edit(path, lambda body: body["provenance"].pop("tables_hash"), sealed=True)
    assert reproduce(path, simulator=engine).matches

    reads(replace(SYSTEM, inputs_hash="0" * 64))
    with pytest.raises(InputError, match="or a contract in it"):
        reproduce(path, simulator=engine)


def test_a_changed_contract_is_another_question(tmp_path, reads):
    path = written("comparison", tmp_path / "r.json")

    def other_terms(system, contracts, **options):
        return tuple(
            replace(result, contract_hash="other")
            for result in engine(system, contracts, **options)
        )

    with pytest.raises(InputError, match="contract now was changed"):
        reproduce(path, simulator=other_terms)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[]", "expected a result"),
        ('{"kind": "tea"}', "expected a result"),
        ('{"kind": "frontier", "format": 9}', "expected format 1, got 9"),
    ],
)
def test_a_file_that_is_no_result_is_refused(text, message, tmp_path):
    path = tmp_path / "r.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=message):
        read_document(path)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "r.json"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(InputError, match="not UTF-8"):
        read_document(path)


def test_missing_and_added_entries_are_differences():
    found = list(differences({"a": 1, "b": [1]}, {"b": [1, 2], "c": 3}))

    assert found == [
        "result.a: written 1, found 'nothing'",
        "result.b: written 1 entries, found 2",
        "result.c: written 'nothing', found 3",
    ]


def test_a_contract_is_found_in_the_folder_the_casebook_or_a_file():
    assert find_contract("now", SYSTEM) is NOW
    shipped = find_contract("socal-2025-settlement", SYSTEM)
    assert shipped.contract_id == "socal-2025-settlement"
    with pytest.raises(InputError, match="no contract 'none'; the folder has now"):
        find_contract("none", SYSTEM)
