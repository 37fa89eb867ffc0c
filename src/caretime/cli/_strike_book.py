"""A plan into the book of a care system, and out of it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from caretime.cli import ExitCode, emit_json
from caretime.cli._strike_asked import Asked
from caretime.cli._strike_clock import StepClock
from caretime.cli._strike_run import Progress, earlier, plan_for, proven
from caretime.errors import InputError, PlanError, Problem

if TYPE_CHECKING:
    from caretime.model.strike import Proof, StrikePlan, Update
    from caretime.model.system import CareSystem
    from caretime.model.way_back import Kept


@dataclass(frozen=True, slots=True)
class BookAnswer:
    """
    What a plan does to the book, or what its end does.

    Parameters
    ----------
    action
        ``apply`` or ``call_off``.
    inputs_hash
        Of the care system as it is then.
    counts
        Rows by what becomes of them, in the order in which they are told.
    kept
        Rows of a plan called off that stay as they are.
    clashes
        Restored appointments, each with one that it meets.
    proof
        Of a plan that is to be written in.
    problems
        Why the folder would be refused when it is read.
    folder
        Where it stands; nothing was written without one.
    """

    action: str
    plan: StrikePlan
    name: str
    inputs_hash: str
    counts: dict[str, int]
    seconds: dict[str, float]
    kept: tuple[Kept, ...] = ()
    clashes: tuple[tuple[str, str], ...] = ()
    proof: Proof | None = None
    problems: tuple[Problem, ...] = ()
    folder: Path | None = None
    notes: tuple[str, ...] = ()

    @property
    def code(self) -> ExitCode:
        """What the command ends with."""
        if self.proof is not None and not self.proof.holds:
            return ExitCode.BROKEN
        return ExitCode.INPUT if self.problems else ExitCode.DONE

    def tell(self, *, as_json: bool) -> None:
        """Print the answer, for people or for programs."""
        if as_json:
            emit_json(self._document())
            return
        from rich.console import Console

        from caretime.cli._strike_book_tables import print_book

        print_book(self, Console(highlight=False))

    def _document(self) -> dict[str, object]:
        return {
            "action": self.action,
            "system": self.name,
            "incident_id": self.plan.incident.incident_id,
            "inputs_hash": self.inputs_hash,
            **self.counts,
            "kept": self.kept,
            "clashes": self.clashes,
            "holds": None if self.proof is None else self.proof.holds,
            "faults": () if self.proof is None else self.proof.faults,
            "problems": self.problems,
            "folder": self.folder,
            "seconds": self.seconds,
            "notes": self.notes,
        }


def write_in(asked: Asked, show: Progress) -> BookAnswer:
    """Write the visits of a plan into the book; a plan with faults is not."""
    from caretime.continuity.undo import apply_plan

    assert asked.apply is not None
    clock = StepClock(show)
    clock.begin("reading")
    plan, scene = earlier(asked, asked.apply, "--apply")
    clock.begin("checking")
    proof = proven(plan, scene)
    clock.begin("the book")
    after = apply_plan(scene.system, plan)
    counts = _changes(scene.system, after)
    counts["proposed"] = sum(b.standing == "proposed" for b in plan.bookings)
    counts["as_before"] = sum(m.outcome != "placed" for m in plan.matching.matches)
    counts["untimed"] = len(plan.untimed)
    answer = BookAnswer("apply", plan, scene.system.name, "", counts, {}, proof=proof)
    return _finished(answer, after, asked, clock)


def take_out(asked: Asked, show: Progress) -> BookAnswer:
    """Take a plan out of the book again, but for what was touched since."""
    from caretime.continuity.undo import call_off
    from caretime.formats.system import read_system

    assert asked.call_off is not None
    assert asked.before is not None
    clock = StepClock(show)
    clock.begin("reading")
    now, before = read_system(asked.folder), read_system(asked.before)
    plan = plan_for(asked.call_off, "--call-off", before, asked.before)
    update, doubts = _told(asked.update, plan, before)
    clock.begin("the book")
    choices = {**plan.known.choices, **update.choices}
    done = call_off(
        now,
        before,
        plan,
        returned=update.returned,
        staying=[who for who, choice in choices.items() if choice == "stays"],
        today=asked.today,
    )
    notes = list(doubts)
    if not done.restored and not done.kept:
        notes.append(f"no row of this plan stands in the book of {asked.folder}")
    counts = _changes(now, done.system)
    counts["to_book"] = _without_a_visit(now, done.system)
    answer = BookAnswer(
        "call_off",
        plan,
        now.name,
        "",
        counts,
        {},
        kept=done.kept,
        clashes=done.clashes,
        notes=tuple(notes),
    )
    return _finished(answer, done.system, asked, clock)


def _told(
    path: Path | None, plan: StrikePlan, system: CareSystem
) -> tuple[Update, tuple[str, ...]]:
    """Read who is back and who stays; whatever else is told has no place here."""
    from caretime.formats.updates import inspect_update
    from caretime.model.strike import Update

    if path is None:
        return Update(), ()
    found = inspect_update(path, plan, system)
    if found.update is None:
        raise InputError(found.problems)
    others = ("answers", "pins", "absent", "openings")
    held = [name for name in others if getattr(found.update, name)]
    if held:
        raise PlanError(
            f"--update {path}: --call-off takes in returned and choices; leave out "
            f"{', '.join(held)}, or plan anew with --based-on"
        )
    return found.update, tuple(str(doubt) for doubt in found.doubts)


def _changes(before: CareSystem, after: CareSystem) -> dict[str, int]:
    """Count the rows that are otherwise than before."""
    had = {a.appointment_id: a for a in before.appointments}
    has = {a.appointment_id: a for a in after.appointments}
    changed = [a for i, a in has.items() if i in had and had[i] != a]
    sessions = sum(a.visit_type == "group" for a in changed)
    led = {g.group_id: g for g in before.groups}
    return {
        "moved": len(changed) - sessions,
        "added": len(has.keys() - had.keys()),
        "taken_out": len(had.keys() - has.keys()),
        "groups": sum(led.get(g.group_id) != g for g in after.groups),
        "seats": sessions,
    }


def _without_a_visit(before: CareSystem, after: CareSystem) -> int:
    """Count the patients who lose visits, get none back and have none from then on."""
    had = {a.appointment_id: a for a in before.appointments}
    has = {a.appointment_id for a in after.appointments}
    lost: dict[str, datetime] = {}
    for a in before.appointments:
        if a.appointment_id not in has:
            lost[a.patient_id] = min(a.start, lost.get(a.patient_id, a.start))
    for a in after.appointments:
        waits_from = lost.get(a.patient_id)
        is_visit = a.status == "booked" and a.visit_type != "group"
        if not is_visit or waits_from is None:
            continue
        if a.start >= waits_from or had.get(a.appointment_id) != a:
            del lost[a.patient_id]
    return len(lost)


def _finished(
    answer: BookAnswer, system: CareSystem, asked: Asked, clock: StepClock
) -> BookAnswer:
    """
    Read the care system back from a trial, then write it where it was asked for.

    Nothing is written where the plan has faults or the folder would be refused.
    """
    from caretime.formats import write_system
    from caretime.formats.system import inspect_folder

    clock.begin("files")
    with TemporaryDirectory() as place:
        trial = Path(place) / "system"
        write_system(system, trial)
        found = inspect_folder(trial)
    answer = replace(answer, problems=found.problems)
    if found.system is not None:
        answer = replace(answer, inputs_hash=found.system.inputs_hash)
    if asked.out is not None and answer.code == ExitCode.DONE:
        write_system(system, asked.out, overwrite=asked.force)
        answer = replace(answer, folder=asked.out)
    return replace(answer, seconds=clock.finish())
