"""What ``caretime strike --apply`` and ``--call-off`` print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from caretime.cli._roster_tables import counted
from caretime.cli._strike_tables import print_check
from caretime.cli._week_tables import plain_table

if TYPE_CHECKING:
    from rich.console import Console

    from caretime.cli._strike_book import BookAnswer

ROWS_SHOWN = 20
"""Rows listed one by one; ``--json`` has all."""

WHY = {
    "held": "held since",
    "past": "on a day that is over, or before the clinician is back",
    "edited": "edited since",
    "removed": "taken out of the book by somebody",
    "stays": "the patient stays with the substitute",
}
"""Why a row of a plan called off stays as it is."""

TOUCHED = ("held", "edited", "removed")
"""Of these, what somebody did since; the others follow from what was asked."""


def print_book(answer: BookAnswer, out: Console) -> None:
    """Print what becomes of the book, and every row that needs a person."""
    ends = "is called off" if answer.action == "call_off" else "goes into the book"
    out.print(
        f"{answer.name}: the plan for {answer.plan.incident.incident_id} {ends}.",
        style="bold",
        markup=False,
    )
    if answer.proof is not None:
        print_check(answer.proof, out)
    facts = _taken_out(answer) if answer.action == "call_off" else _written(answer)
    for title, text in (*facts, *_files(answer)):
        out.print(f"  {title:<18}{text}", markup=False)
    _print_kept(answer, out)
    _print_clashes(answer, out)
    _print_problems(answer, out)


def _written(answer: BookAnswer) -> Iterator[tuple[str, str]]:
    """Yield what a plan does to the book."""
    counts = answer.counts
    yield "moved", f"{counted(counts['moved'], 'visit')} to the substitute and its hour"
    yield "added", f"{counted(counts['added'], 'visit')} after them"
    if counts["groups"]:
        yield (
            "groups",
            f"{counted(counts['groups'], 'group')} led by somebody else, with "
            f"{counted(counts['seats'], 'booked seat')}",
        )
    yield "as before", f"{counted(counts['as_before'], 'patient')} without a substitute"
    if counts["proposed"]:
        text = f"{counted(counts['proposed'], 'visit')} with the network not agreed yet"
        yield "to be agreed", text
    if counts["untimed"]:
        yield "by hand", f"{counted(counts['untimed'], 'visit')} without a time"


def _taken_out(answer: BookAnswer) -> Iterator[tuple[str, str]]:
    """Yield what the end of a plan does to the book."""
    counts = answer.counts
    yield "put back", f"{counted(counts['moved'], 'visit')} as before the plan"
    yield "taken out", f"{counted(counts['taken_out'], 'visit')} that the plan added"
    if counts["groups"]:
        yield (
            "groups",
            f"{counted(counts['groups'], 'group')} back with the leader, with "
            f"{counted(counts['seats'], 'booked seat')}",
        )
    left = counted(len(answer.kept), "row")
    yield "left alone", f"{left}, see below" if answer.kept else "no row of the plan"
    if counts["to_book"]:
        yield (
            "to be booked",
            f"{counted(counts['to_book'], 'patient')} with no visit in the book after "
            "those taken out",
        )


def _files(answer: BookAnswer) -> Iterator[tuple[str, str]]:
    """Yield where the care system stands, or why nowhere."""
    if answer.inputs_hash:
        yield "inputs", f"{answer.inputs_hash[:16]} then"
    if answer.folder is not None:
        yield "files", f"{answer.folder}: the care system with this book"
    elif answer.code:
        yield "files", "nothing was written"
    else:
        yield "files", "nothing was written; name a new folder with --out"


def _print_kept(answer: BookAnswer, out: Console) -> None:
    """Count the rows that stay by reason, and list those that somebody touched."""
    if not answer.kept:
        return
    table = plain_table("Rows that stay", ">Rows", "Why")
    for why, count in Counter(one.why for one in answer.kept).most_common():
        table.add_row(f"{count:,}", WHY[why])
    out.print(table)
    touched = [one for one in answer.kept if one.why in TOUCHED]
    if not touched:
        return
    table = plain_table("Touched by somebody", "Table", "Row", "Why")
    for one in touched[:ROWS_SHOWN]:
        table.add_row(one.table, one.row_id, WHY[one.why])
    if len(touched) > ROWS_SHOWN:
        table.caption = f"{len(touched) - ROWS_SHOWN:,} more: see --json."
    out.print(table)


def _print_clashes(answer: BookAnswer, out: Console) -> None:
    """List restored visits whose old hour was given to somebody else."""
    if not answer.clashes:
        return
    table = plain_table("To be settled by hand", "Restored", "Meets")
    for restored, other in answer.clashes[:ROWS_SHOWN]:
        table.add_row(restored, other)
    if len(answer.clashes) > ROWS_SHOWN:
        table.caption = f"{len(answer.clashes) - ROWS_SHOWN:,} more: see --json."
    out.print(table)


def _print_problems(answer: BookAnswer, out: Console) -> None:
    """List why the book would be refused when it is read."""
    if not answer.problems:
        return
    many = counted(len(answer.problems), "problem")
    out.print(f"{many}: a folder with this book would be refused", style="bold")
    for problem in answer.problems:
        out.print(f"  {problem}", markup=False)
