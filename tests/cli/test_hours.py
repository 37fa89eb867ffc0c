import json

import pytest

from caretime.cli import ExitCode, main


def run(capsys, *tokens):
    with pytest.raises(SystemExit) as left:
        main(["hours", *tokens])
    shown = capsys.readouterr()
    return left.value.code, shown.out, shown.err


def test_the_week_is_printed_with_who_says_so(capsys):
    code, out, _ = run(capsys, "socal-2025-settlement")

    # The width of the terminal decides where cells wrap.
    text = " ".join(out.split())
    assert code == ExitCode.DONE
    assert "PMT (confirmed); protected" in text
    assert "27 returns of 50 min" in text
    assert "Modified defined-benefit pension." in text


def test_json_has_ledger_week_rules_and_claims(capsys):
    code, out, _ = run(capsys, "socal-2024-09-union", "--json")

    told = json.loads(out)
    assert code == ExitCode.DONE
    paid = [x["minutes"] for x in told["ledger"]["lines"] if x["activity"] != "meal"]
    assert sum(paid) == told["ledger"]["paid_minutes"] == 2400
    pmt = next(c for c in told["counting"] if c["rule"] == "pmt")
    assert (pmt["hours"], pmt["percent"]) == (7, 17.5)
    outcomes = {c["holds"] for c in told["claims"] if c["claim"] == "nineteen_hours"}
    assert outcomes == {True, False}


def test_the_picture_is_a_file_of_its_own(capsys, tmp_path):
    path = tmp_path / "week.svg"

    code, _, _ = run(capsys, "socal-2025-settlement", "--svg", str(path))

    picture = path.read_text(encoding="utf-8")
    assert code == ExitCode.DONE
    assert picture.startswith("<svg")
    # 27 returns stand in the week, each in a tooltip of its own.
    assert picture.count(" Return visit, 50 min") == 27


@pytest.mark.parametrize(
    ("tokens", "code", "message"),
    [
        (["socal-2025-setlement"], ExitCode.USAGE, "socal-2025-settlement?"),
        (["gone.yaml"], ExitCode.INPUT, "No such file"),
        (["socal-2025-settlement", "--fte", "2"], ExitCode.USAGE, "fte"),
        (["socal-2025-settlement", "--license", "LCWS"], ExitCode.USAGE, "LCWS"),
    ],
)
def test_a_wrong_question_is_refused(capsys, tokens, code, message):
    left, out, err = run(capsys, *tokens)

    assert left == code
    assert message in err
    assert out == ""


@pytest.mark.parametrize("path", ["contracts/mine.yaml", "mine.yaml", "mine.yml"])
def test_a_file_named_without_its_ending_is_offered(
    capsys, tmp_path, monkeypatch, path
):
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text("contract: {}\n")
    monkeypatch.chdir(tmp_path)

    code, _, err = run(capsys, "mine")

    assert code == ExitCode.USAGE
    assert err == (
        "caretime: no contract 'mine': give a path ending in .yaml, or an id of the "
        f"casebook; did you mean {path}?\n"
    )


def test_an_unknown_contract_lists_a_few_near_ids(capsys):
    code, _, err = run(capsys, "socal-2024")

    ids = err.partition("the nearest are ")[2].split(", ")
    assert code == ExitCode.USAGE
    assert 3 <= len(ids) <= 8
    assert all(name.startswith("socal-2024") for name in ids[:3])


def test_a_contract_that_lost_its_base_is_noted(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "contract: {id: mine, title: Mine, effective: 2025-01-01,\n"
        "           standing: union, source: made}\n"
        "clauses:\n  - {id: PMT, kind: protected_hours, hours_per_week: 7}\n"
    )

    code, _, err = run(capsys, str(path))

    assert code == ExitCode.DONE
    assert err.startswith("note: mine.yaml:1 contract: no clause of kind meal, rest")
    assert err.count("did you forget based_on?") == 1
