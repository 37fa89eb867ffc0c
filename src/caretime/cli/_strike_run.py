"""What ``caretime strike`` does, step by step: plan, prove, report, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from caretime.cli import ExitCode, emit_json
from caretime.cli._strike_asked import Asked
from caretime.cli._strike_clock import StepClock
from caretime.errors import InputError, PlanError, Problem

if TYPE_CHECKING:
    from caretime.model.affected import AffectedRange
    from caretime.model.plan_diff import PlanDiff
    from caretime.model.strike import Proof, StrikePlan
    from caretime.model.system import CareSystem
    from caretime.model.terms import Contract
    from caretime.model.week import Roster

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class StrikeAnswer:
    """
    A plan with its proof, and how it was come by.

    Parameters
    ----------
    folder
        Where the plan stands.
    seconds
        By step, in order.
    notes
        What the reader should know about the question itself.
    diff
        What is otherwise than in the plan before, where there was one.
    range
        How many are affected at the ends of the incident's range.
    """

    plan: StrikePlan
    system: CareSystem
    proof: Proof
    folder: Path
    is_new: bool
    seconds: dict[str, float]
    notes: tuple[str, ...] = ()
    diff: PlanDiff | None = None
    range: AffectedRange | None = None

    @property
    def code(self) -> ExitCode:
        """
        What the command ends with.

        A plan just made that does not hold is a fault of the planner; one that was
        read may have been made for another book.
        """
        if self.proof.holds:
            return ExitCode.DONE
        return ExitCode.BUG if self.is_new else ExitCode.BROKEN

    def tell(self, *, as_json: bool) -> None:
        """Print the answer, for people or for programs."""
        if as_json:
            from caretime.cli._strike_document import document

            emit_json(document(self))
            return
        from rich.console import Console

        from caretime.cli._strike_tables import print_strike

        print_strike(self, Console(highlight=False))


def plan(asked: Asked, show: Progress) -> StrikeAnswer:
    """Plan an incident and write it."""
    from caretime.cli._strike_policy import read_policy
    from caretime.cli.affected import find_incident
    from caretime.continuity.plan import plan_incident

    clock = StepClock(show)
    policy = None if asked.policy is None else read_policy(asked.policy)
    clock.begin("reading")
    scene = _scene(asked, asked.contract or "")
    incident = find_incident(asked.incident or "", scene.system)
    clock.split()
    found = plan_incident(
        scene.system,
        incident,
        scene.contract,
        policy=policy,
        seed=asked.seed,
        path=asked.path,
        roster=scene.roster,
        progress=clock.show,
    )
    return _finished(asked, scene, found, clock)


def plan_again(asked: Asked, show: Progress) -> StrikeAnswer:
    """Plan anew from what became known since a plan was made, and write it."""
    from caretime.continuity.replan import replan
    from caretime.formats.updates import inspect_update

    assert asked.based_on is not None
    assert asked.update is not None
    clock = StepClock(show)
    clock.begin("reading")
    before, scene = earlier(asked, asked.based_on, "--based-on")
    told = inspect_update(asked.update, before, scene.system)
    if told.update is None:
        raise InputError(told.problems)
    clock.split()
    found, diff = replan(
        scene.system,
        scene.contract,
        before,
        told.update,
        roster=scene.roster,
        progress=clock.show,
    )
    answer = _finished(asked, scene, found, clock, diff=diff)
    doubts = tuple(str(doubt) for doubt in told.doubts)
    return replace(answer, notes=(*answer.notes, *doubts))


def look(asked: Asked, show: Progress) -> StrikeAnswer:
    """Check a plan that stands in a folder; nothing is written."""
    assert asked.verify is not None
    clock = StepClock(show)
    clock.begin("reading")
    found, scene = earlier(asked, asked.verify, "--verify")
    clock.begin("checking")
    proof = proven(found, scene)
    return StrikeAnswer(found, scene.system, proof, asked.verify, False, clock.finish())


@dataclass(frozen=True, slots=True)
class Scene:
    """The care system, the contract worked under, and built weeks if any."""

    system: CareSystem
    contract: Contract
    roster: Roster | None


def _scene(asked: Asked, name: str, system: CareSystem | None = None) -> Scene:
    """Read the care system, a contract by name or the one in force, and weeks."""
    from caretime.bargaining.questions import find_contract
    from caretime.formats.rosters import read_roster
    from caretime.formats.system import read_system

    system = system or read_system(asked.folder)
    roster = None
    if asked.roster is not None:
        if not asked.roster.exists():
            text = f"no such file or folder: {asked.roster}"
            raise InputError([Problem("--roster", 0, "", text)])
        roster = read_roster(asked.roster, system)
    contract = find_contract(name or system.contract_in_force, system)
    if roster is not None and roster.contract_id not in ("", contract.contract_id):
        raise PlanError(
            f"--roster {asked.roster}: built for {roster.contract_id}, and the plan is "
            f"under {contract.contract_id}; name it with --contract"
        )
    return Scene(system, contract, roster)


def earlier(asked: Asked, folder: Path, option: str) -> tuple[StrikePlan, Scene]:
    """Read a plan that stands, with the system, contract and weeks it was made for."""
    from caretime.continuity.plan import hash_of
    from caretime.formats.system import read_system

    system = read_system(asked.folder)
    found = plan_for(folder, option, system, asked.folder)
    scene = _scene(asked, asked.contract or found.contract_id, system)
    if found.contract_id not in ("", scene.contract.contract_id):
        raise PlanError(
            f"{option} {folder}: made under {found.contract_id}, not "
            f"{scene.contract.contract_id}; leave out --contract"
        )
    if found.roster_hash != hash_of(scene.roster):
        made = "with built weeks" if found.roster_hash else "without built weeks"
        what = "other ones are given" if scene.roster else "none are given"
        raise PlanError(f"{option} {folder}: made {made}, and {what}: see --roster")
    return found, scene


def plan_for(
    folder: Path, option: str, system: CareSystem, made_for: Path
) -> StrikePlan:
    """Read a plan, or refuse it where it was made for another care system."""
    from caretime.formats.plans import read_plan

    found = read_plan(folder, system)
    if found.inputs_hash != system.inputs_hash:
        raise PlanError(
            f"{option} {folder}: made from other inputs "
            f"({found.inputs_hash[:16] or 'unsaved'}) than {made_for} has now "
            f"({system.inputs_hash[:16]}); its patients and openings may differ"
        )
    return found


def proven(found: StrikePlan, scene: Scene) -> Proof:
    """Check a plan by the second reading of the rules."""
    from caretime.continuity.verify import verify_plan

    return verify_plan(found, scene.system, scene.contract, roster=scene.roster)


def _finished(
    asked: Asked,
    scene: Scene,
    found: StrikePlan,
    clock: StepClock,
    *,
    diff: PlanDiff | None = None,
) -> StrikeAnswer:
    """Add the way back, prove the plan, and write it with its report in one step."""
    from caretime.continuity.affected import affected
    from caretime.continuity.plan import add_way_back
    from caretime.formats.plans import write_plan
    from caretime.reports.strike import strike_page

    assert asked.out is not None
    clock.begin("the way back")
    found = add_way_back(
        found,
        scene.system,
        scene.contract,
        recovery=asked.recovery,
        weeks=asked.weeks_after,
        replications=asked.replications,
        roster=scene.roster,
        progress=clock.show,
    )
    clock.begin("checking")
    proof = proven(found, scene)
    clock.begin("report")
    touched = None
    if diff is None:
        # Who came back or left since is known to the plan, not to the incident.
        touched = affected(
            scene.system, found.incident, seed=found.seed, weeks=found.weeks
        )
    page = strike_page(
        found, scene.system, affected=touched, proof=proof, untimed=found.untimed
    )
    clock.begin("files")
    write_plan(found, asked.out, overwrite=asked.force, report=page)
    return StrikeAnswer(
        found,
        scene.system,
        proof,
        asked.out,
        True,
        clock.finish(),
        notes_on(found, scene.system),
        diff,
        touched.range if touched else None,
    )


def notes_on(found: StrikePlan, system: CareSystem) -> tuple[str, ...]:
    """Return what the reader should know about the question itself."""
    notes = []
    incident = found.incident
    if incident.shares and found.absent:
        notes.append(
            "who is away is drawn: a rehearsal, and no forecast of anybody; plan "
            "again with a named list once it is known"
        )
    if incident.open_ended:
        notes.append(f"no end is known: the first {found.weeks} weeks are planned")
    elif incident.weeks > found.weeks:
        notes.append(
            f"the incident lasts {incident.weeks} weeks; the first {found.weeks} are "
            "planned (horizon_weeks of --policy)"
        )
    if incident.first_day < system.first_day:
        notes.append(
            f"the incident begins before {system.first_day}, the first day of the "
            "folder: what was booked before it is not known"
        )
    return tuple(notes)
