"""
Write the reference pages of the manual from the code and its tables.

``python docs/generate.py`` writes ``docs/reference/*.md``; with ``--check`` it
writes nothing and fails if a page is not what the code would make of it.
"""

from __future__ import annotations

import inspect
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from data_dictionaries import STANDING, folder, plain, plan, table, update

import caretime
from caretime import errors, tables
from caretime.cli import ExitCode, app, as_json
from caretime.formats import casebook_contract, casebook_ids
from caretime.model.terms import Clause

HERE = Path(__file__).parent / "reference"


def commands() -> Iterator[str]:
    """Yield the page of the command line, one heading a verb."""
    from rich.console import Console

    yield "# Commands\n"
    yield (
        "What is asked for goes to standard output, as JSON with `--json`; notes "
        "and progress go to standard error. [Exit codes](errors.md) are the same "
        "for every verb.\n"
    )
    application = app()
    for verb in application:
        if verb.startswith("-"):
            continue
        page = io.StringIO()
        console = Console(file=page, width=80, color_system=None, highlight=False)
        application.help_print([verb], console=console)
        lines = [line.rstrip() for line in page.getvalue().splitlines()]
        text = "\n".join(lines).strip("\n")
        yield f"## caretime {verb}\n"
        yield f"```text\n{text}\n```\n"


def clauses() -> Iterator[str]:
    """Yield the page of clause kinds with their fields."""
    yield "# Clause kinds\n"
    yield (
        "A contract is a dated set of clauses; each has one of these kinds. A "
        "clause that no kind can say is kept as text, kind `unmodeled`, and shown "
        "in every report.\n"
    )
    fields = list(tables.rows("clause_fields"))
    for kind in tables.rows("clause_kinds"):
        yield f"## {kind['title']}\n"
        yield f"Kind `{kind['kind']}`, family {kind['family']}.\n"
        yield f"{plain(kind['meaning'])}.\n"
        mine = [row for row in fields if row["kind"] == kind["kind"]]
        for row in mine:
            row["choices"] = row["choices"].replace("|", ", ")
        if mine:
            columns = {
                "field": "`field`",
                "type": "type",
                "unit": "unit",
                "default": "default",
                "low": "low",
                "high": "high",
                "choices": "choices",
                "meaning": "meaning",
            }
            yield table(mine, columns)


def assumptions() -> Iterator[str]:
    """Yield the page of behavior numbers."""
    yield "# Assumptions\n"
    yield (
        "Every behavior number of the simulation, with the range that sensitivity "
        "runs use. Holder says whose number it is: a name may stand once as shared "
        "(`confirmed` or `assumption`) and once for each side. Put your own in "
        "`assumptions.csv` of the system folder.\n"
    )
    yield STANDING
    columns = {
        "name": "`name`",
        "value": "value",
        "low": "low",
        "high": "high",
        "unit": "unit",
        "holder": "holder",
        "meaning": "meaning",
        "source": "source",
    }
    yield table(tables.rows("assumptions"), columns)


def simple(
    title: str, intro: str, name: str, columns: dict[str, str]
) -> Callable[[], Iterator[str]]:
    """Return the maker of a page that is one table."""

    def page() -> Iterator[str]:
        yield f"# {title}\n"
        yield f"{intro}\n"
        yield table(tables.rows(name), columns)

    return page


def casebook() -> Iterator[str]:
    """Yield the page of shipped contracts; what a region shares stands once."""
    yield "# The casebook\n"
    yield (
        "Public proposals and agreements as contracts, by id. The full texts of the "
        "agreements were not public, so clauses come from what either side or the "
        "press has said; *standing* says whose account each is. Clauses that all "
        "contracts of a region share stand once, first.\n"
    )
    yield STANDING
    contracts = [casebook_contract(name) for name in casebook_ids()]
    for region, group in groupby(contracts, key=lambda c: c.contract_id.split("-")[0]):
        members = list(group)
        bare = [[replace(c, line=0) for c in m.clauses] for m in members]
        shared = [c for c in bare[0] if all(c in other for other in bare)]
        yield f"## {REGIONS[region]}: what all share\n"
        yield clause_table(shared)
        for member, mine in zip(members, bare, strict=True):
            until = f" to {member.until}" if member.until else ""
            yield f"## {member.contract_id}\n"
            yield (
                f"{plain(member.title)}; from {member.effective}{until}; standing "
                f"{member.standing}. {plain(member.source)}\n"
            )
            yield clause_table([c for c in mine if c not in shared])


REGIONS = {"norcal": "Northern California", "socal": "Southern California"}


def clause_table(clauses: Iterable[Clause]) -> str:
    """Return one row a clause, with the terms that say something."""
    rows = [
        {
            "id": clause.clause_id,
            "kind": clause.kind,
            "terms": "; ".join(
                f"{name} {said(value)}"
                for name, value in clause.terms.items()
                if value not in (None, "", ())
            ),
            "covers": ", ".join(clause.covers),
            "standing": clause.standing,
            "source": clause.source,
        }
        for clause in clauses
    ]
    return table(
        rows,
        {
            "id": "`clause`",
            "kind": "`kind`",
            "terms": "terms",
            "covers": "covers",
            "standing": "standing",
            "source": "source",
        },
    )


def said(value: object) -> str:
    """Return a term's value as a reader would write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def error_page() -> Iterator[str]:
    """Yield the page of exit codes, error classes and the JSON of a rejection."""
    yield "# Errors and exit codes\n"
    codes = [{"code": str(int(c)), "meaning": c.meaning} for c in ExitCode]
    yield table(codes, {"code": "`code`", "meaning": "meaning"})
    yield (
        "An interrupted command ends with 130. `CARETIME_DEBUG=1` shows the place "
        "of a bug.\n"
    )
    yield "## Classes\n"
    classes = [
        {"name": name, "base": cls.__bases__[0].__name__, "what": inspect.getdoc(cls)}
        for name, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, Exception)
    ]
    yield table(classes, {"name": "`class`", "base": "`base`", "what": "meaning"})
    yield (
        "Infeasible, out of time, not found: these are answers and stand in "
        "results, they are never raised. A wrong argument in a program is a plain "
        "`ValueError`.\n"
    )
    yield "## A rejection as JSON\n"
    yield (
        "With `--json`, exit code 3 comes with one object on standard output: "
        "every problem, in file order. `row` counts as an editor does, from the "
        "header as line 1; 0 means that no single line is to blame.\n"
    )
    example = errors.Problem(
        "clinicians.csv", 7, "license", "unknown license 'LCWS'", "did you mean LCSW?"
    )
    text = json.dumps(as_json({"problems": [example]}), indent=2)
    yield f"```json\n{text}\n```\n"


def names() -> Iterator[str]:
    """Yield the page of the names at the front door."""
    yield "# Names at the front door\n"
    yield (
        "`import caretime` gives these names, each loaded when first used. "
        "`help(caretime.NAME)` says the rest.\n"
    )
    home = {name: getattr(caretime, name) for name in caretime.__all__}
    kinds = {
        True: "Nouns",
        False: "Verbs",
    }
    ordered = sorted(home.items(), key=lambda item: not inspect.isclass(item[1]))
    for is_class, group in groupby(ordered, key=lambda item: inspect.isclass(item[1])):
        yield f"## {kinds[is_class]}\n"
        rows = [
            {
                "name": name,
                "home": value.__module__,
                "what": (inspect.getdoc(value) or "").split("\n\n")[0],
            }
            for name, value in group
        ]
        yield table(rows, {"name": "`name`", "home": "`from`", "what": "what"})


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "commands": commands,
    "folder": folder,
    "plan": plan,
    "update": update,
    "clauses": clauses,
    "assumptions": assumptions,
    "activities": simple(
        "Activities",
        "Every paid minute is one of these; a clause says which of them count.",
        "activities",
        {
            "activity": "`activity`",
            "title": "title",
            "group": "group",
            "with_patient": "with a patient",
            "paid": "paid",
            "meaning": "meaning",
        },
    ),
    "licenses": simple(
        "Licenses",
        STANDING,
        "licenses",
        {
            "license": "`license`",
            "title": "title",
            "unit": "unit",
            "independent": "independent",
            "physician": "physician",
            "prescribes": "prescribes",
            "meaning": "meaning",
        },
    ),
    "standards": simple(
        "Access standards",
        STANDING,
        "standards",
        {
            "standard_id": "`standard`",
            "profile": "profile",
            "clock": "clock",
            "provider": "provider",
            "starts": "starts at",
            "limit": "limit",
            "unit": "unit",
            "target_share": "target share",
            "citation": "citation",
        },
    ),
    "measures": simple(
        "Measures",
        STANDING,
        "measures",
        {
            "name": "`measure`",
            "title": "title",
            "unit": "unit",
            "better": "better",
            "meaning": "meaning",
            "source": "source",
        },
    ),
    "casebook": casebook,
    "errors": error_page,
    "names": names,
}


def main() -> int:
    """Write the pages, or say which are stale."""
    stale = []
    for name, page in PAGES.items():
        text = "\n".join(page())
        path = HERE / f"{name}.md"
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.name)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        print(f"stale: {', '.join(stale)}; run ./dev docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
