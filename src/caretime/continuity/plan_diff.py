"""What a plan made anew does otherwise than the one before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from caretime.continuity.absent import is_away, stretches_of
from caretime.model.matching import Match
from caretime.model.plan_diff import CHANGE_KINDS, PlanChange, PlanDiff
from caretime.model.strike import StrikePlan

_KIND_WORDS = {
    "moved": "were offered somebody and now get somebody else",
    "placed": "have somebody now and had nobody, or are new in the plan",
    "left_out": "have nobody now",
    "waits": "chose to wait",
    "gone": "left the plan",
}
_REASON_WORDS = {
    "declined": "declined the offer",
    "decided": "decided by hand",
    "waits": "chose to wait",
    "substitute_away": "the substitute is away",
    "openings_gone": "the substitute has fewer openings",
    "clinician_back": "the own clinician is back",
    "newly_away": "the own clinician is newly away",
    "rearranged": "others were placed, or gave a place back",
}


def diff_plans(
    before: StrikePlan, now: StrikePlan, *, lapsed: Collection[str] = ()
) -> PlanDiff:
    """
    Say what a plan does otherwise than the one before it.

    Parameters
    ----------
    before, now
        Two plans for one incident and one system.
    lapsed
        Patients who had accepted an offer that the new plan cannot keep.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from caretime.continuity.plan import plan_incident
    >>> from caretime.model.incident import Incident
    >>> from caretime.simulation import make_system
    >>> clinic = make_system("clinic-of-eight", seed=1)
    >>> day = clinic.first_day
    >>> plan = plan_incident(clinic, Incident("I", day, day, (0.5, 0.5)))
    >>> diff_plans(plan, plan).is_empty
    True
    """
    old = {m.patient_id: m for m in before.matching.matches}
    new = {m.patient_id: m for m in now.matching.matches}
    reasons = _Reasons(before, now)
    changes, unchanged = [], 0
    for match in now.matching.matches:
        was = old.get(match.patient_id)
        kind = _kind(was, match)
        if not kind:
            unchanged += 1
            continue
        other = was.substitute_id if was else ""
        reason = reasons.of(match.patient_id, other, match)
        changes.append(
            PlanChange(match.patient_id, kind, other, match.substitute_id, reason)
        )
    changes += [
        PlanChange(who, "gone", was.substitute_id, "", "clinician_back")
        for who, was in old.items()
        if who not in new
    ]
    dated = {(b.patient_id, b.number): b for b in before.bookings}
    same = moved = 0
    for booking in now.bookings:
        former = dated.get((booking.patient_id, booking.number))
        if former is not None and former.substitute_id == booking.substitute_id:
            same += former.start == booking.start
            moved += former.start != booking.start
    led = {g.group_id: g.substitute_id for g in before.groups}
    groups = tuple(
        g.group_id
        for g in now.groups
        if led.get(g.group_id, g.leader_id) != g.substitute_id
    )
    return PlanDiff(tuple(changes), unchanged, tuple(lapsed), same, moved, groups)


def diff_lines(diff: PlanDiff) -> tuple[str, ...]:
    """
    Say what differs, in counts: one line for the whole, then kind by kind.

    Examples
    --------
    >>> moved = PlanChange("P-1", "moved", "C-1", "C-2", "declined")
    >>> for line in diff_lines(PlanDiff((moved,), unchanged=9, visits_kept=20)):
    ...     print(line)
    1 of 10 patients changed; 9 as before, 20 visits keep their time
      1 were offered somebody and now get somebody else: declined the offer 1
    """
    touched = len(diff.changes)
    line = (
        f"{touched:,} of {touched + diff.unchanged:,} patients changed; "
        f"{diff.unchanged:,} as before, {diff.visits_kept:,} visits keep their time"
    )
    if diff.visits_moved:
        line += f", {diff.visits_moved:,} move"
    return (line, *_lines(diff))


def _lines(diff: PlanDiff) -> Iterator[str]:
    for kind in CHANGE_KINDS:
        those = diff.of_kind(kind)
        if those:
            why = ", ".join(
                f"{_REASON_WORDS[reason]} {count:,}"
                for reason, count in Counter(c.reason for c in those).most_common()
            )
            yield f"  {len(those):,} {_KIND_WORDS[kind]}: {why}"
    if diff.lapsed:
        yield f"  {len(diff.lapsed):,} had accepted an offer that cannot be kept"
    if diff.group_ids:
        yield f"  {len(diff.group_ids):,} groups have another leader, or none"


def _kind(was: Match | None, match: Match) -> str:
    """Return the kind of a change, empty where there is none."""
    if was is None:
        return {"placed": "placed", "waits": "waits"}.get(match.outcome, "left_out")
    if (was.outcome, was.substitute_id) == (match.outcome, match.substitute_id):
        return ""
    if match.outcome == "placed":
        return "moved" if was.outcome == "placed" else "placed"
    return match.outcome


class _Reasons:
    """Knows why patients are no longer where they were."""

    def __init__(self, before: StrikePlan, now: StrikePlan) -> None:
        self._known = now.known
        self._away = stretches_of(now.absent)
        self._days = {s.patient_id: s.first_due for s in now.series}
        self._there = {s.patient_id for s in before.series}
        self._was = {s.substitute_id: s for s in before.substitutes}
        self._now = {s.substitute_id: s for s in now.substitutes}
        self._declined = {
            (a.patient_id, a.substitute_id)
            for a in now.answers
            if a.answer == "declined"
        }

    def of(self, patient_id: str, before: str, match: Match) -> str:
        """Return a code of ``CHANGE_REASONS``."""
        if match.outcome == "waits":
            return "waits"
        if match.pinned:
            return "decided"
        if patient_id not in self._there:
            return "newly_away"
        if (patient_id, before) in self._declined:
            return "declined"
        if before and self._is_gone(before, patient_id):
            return "substitute_away"
        if before and self._has_less(before):
            return "openings_gone"
        return "rearranged"

    def _is_gone(self, substitute_id: str, patient_id: str) -> bool:
        return substitute_id not in self._now or (
            substitute_id in {a.clinician_id for a in self._known.absent}
            and is_away(self._away, substitute_id, self._days[patient_id])
        )

    def _has_less(self, substitute_id: str) -> bool:
        was, now = self._was[substitute_id], self._now[substitute_id]
        return any(
            less < more for less, more in zip(now.openings, was.openings, strict=True)
        )
