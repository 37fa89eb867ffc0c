"""Groups whose leader is away, and who runs them as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from caretime.continuity._supply_book import Book, book_of, kept_for_own
from caretime.continuity._supply_groups import Free, assign
from caretime.continuity._supply_weeks import RETURN
from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.care import Absence, Group
from caretime.model.incident import GroupCover
from caretime.model.matching import MatchPolicy
from caretime.model.people import Clinician, Need
from caretime.model.system import CareSystem
from caretime.model.terms import Contract
from caretime.rules.eligibility import eligibility_matrix

GROUP_REASONS = ("no_leader", "leader_not_free", "leaders_taken")
"""
Why nobody runs a group: nobody at work may lead it; those who may are not free at
its time in each of its weeks; those who are free run other groups.
"""

TIERS = 3


def cover_groups(
    system: CareSystem,
    contract: Contract,
    absences: Sequence[Absence],
    *,
    monday: date,
    weeks: int,
    policy: MatchPolicy,
) -> tuple[GroupCover, ...]:
    """
    Say of each group whose leader is away who runs it, as a whole.

    Its co-leader, if at work at every session; else one other leader for all of
    them. Of all ways to share out the groups one is taken that covers the most
    members of the highest risk tier, among these the most of the next, then of the
    third.

    Parameters
    ----------
    absences
        Who is away because of the incident.
    policy
        Says whether associates may see the highest tier.

    Returns
    -------
    tuple of GroupCover
        In the order of the system, all with a session in the weeks planned on
        which the leader would have been there.

    Notes
    -----
    A leader may take a group over who leads groups, may treat its need, age and
    language (``rules.eligibility``), and at every session is at work and free: the
    session stands on return openings nobody has taken and that are not kept for own
    patients, on no meal, desk time, meeting or reserved opening. From another clinic
    a group is led by telehealth, so only by those who work so. Nobody takes over more
    than one group a day, nor more in a week than the openings of the scarcest week
    hold; under these terms the choice is exact.
    """
    ours = _groups_of(system, absences, monday, weeks)
    book = book_of(system, contract, absences, monday=monday, weeks=weeks)
    at_work = {system.clinicians[k].clinician_id: i for i, k in enumerate(book.people)}
    covers: list[GroupCover] = []
    open_: list[int] = []
    for group, cover in ours:
        helper = group.co_leader_id
        if helper in at_work and _is_there(book, at_work[helper], cover, monday):
            cover = replace(cover, cover="co_leader", substitute_id=helper)
        else:
            open_.append(len(covers))
        covers.append(cover)
    asked = [(ours[k][0], covers[k]) for k in open_]
    desk = _Desk.of(system, book, monday, policy)
    for k, cover in zip(open_, desk.shared_out(asked), strict=True):
        covers[k] = cover
    return tuple(covers)


def _groups_of(
    system: CareSystem, absences: Sequence[Absence], monday: date, weeks: int
) -> list[tuple[Group, GroupCover]]:
    """Return the groups that lose a session, with nobody running them yet."""
    away, leave = _by_person(absences), _by_person(system.absences)
    members: dict[str, list[str]] = defaultdict(list)
    for member in system.group_members:
        members[member.group_id].append(member.patient_id)
    found = []
    for group in system.groups:
        if group.leader_id not in away:
            continue
        days = [
            day
            for w in range(weeks)
            if (day := monday + timedelta(weeks=w, days=group.weekday))
            >= system.first_day
            and day not in system.calendar.holidays
            and _is_away(away[group.leader_id], day)
            and not _is_away(leave.get(group.leader_id, ()), day)
        ]
        if days:
            seats = tuple(members[group.group_id])
            cover = GroupCover(group.group_id, group.leader_id, tuple(days), seats)
            found.append((group, cover))
    return found


def _by_person(absences: Iterable[Absence]) -> dict[str, list[Absence]]:
    found: dict[str, list[Absence]] = defaultdict(list)
    for absence in absences:
        found[absence.clinician_id].append(absence)
    return dict(found)


def _is_away(absences: Iterable[Absence], day: date) -> bool:
    return any(
        a.first_day <= day and (a.last_day is None or day <= a.last_day)
        for a in absences
    )


def _is_there(book: Book, person: int, cover: GroupCover, monday: date) -> bool:
    """Say whether somebody works on the day of every session."""
    days = [(session - monday).days for session in cover.sessions]
    return all(book.works[person, day // 7, day % 7] for day in days)


@dataclass(frozen=True)
class _Desk:
    """Who may lead what, and who is free for it."""

    book: Book
    free: Free
    monday: date
    leaders: tuple[tuple[int, Clinician], ...]
    staff: tuple[Clinician, ...]
    county: Mapping[str, str]
    clinic: Mapping[str, str]
    tiers: Mapping[str, int]
    policy: MatchPolicy

    @classmethod
    def of(
        cls, system: CareSystem, book: Book, monday: date, policy: MatchPolicy
    ) -> _Desk:
        """Read what is asked of those at work."""
        staff = tuple(system.clinicians[k] for k in book.people)
        spare = book.count(RETURN) - kept_for_own(system, book)
        return cls(
            book,
            Free(book, spare),
            monday,
            tuple((i, c) for i, c in enumerate(staff) if c.leads_groups),
            staff,
            {clinic.clinic_id: clinic.county for clinic in system.clinics},
            {c.clinician_id: c.clinic_id for c in system.clinicians},
            {p.patient_id: p.risk_tier for p in system.patients},
            policy,
        )

    def shared_out(self, asked: Sequence[tuple[Group, GroupCover]]) -> list[GroupCover]:
        """Return each group with who runs it, or why nobody does."""
        may = self._may_lead(asked)
        takes = [
            {
                k: most
                for k in mine
                if (most := self._openings(k, group, cover.sessions))
            }
            for (group, cover), mine in zip(asked, may, strict=True)
        ]
        chosen = assign(
            sorted(range(len(asked)), key=lambda g: self._rank(asked[g][1])),
            [
                sorted(mine, key=lambda k: self._nearness(k, group))
                for (group, _), mine in zip(asked, takes, strict=True)
            ],
            [group.weekday for group, _ in asked],
            self._room(asked, takes),
        )
        covers = []
        for g, (_, cover) in enumerate(asked):
            if chosen[g] >= 0:
                name = self.leaders[chosen[g]][1].clinician_id
                cover = replace(cover, cover="substitute", substitute_id=name)
            else:
                lacks = 2 if takes[g] else 1 if may[g] else 0
                cover = replace(cover, reason=GROUP_REASONS[lacks])
            covers.append(cover)
        return covers

    def _may_lead(self, asked: Sequence[tuple[Group, GroupCover]]) -> list[list[int]]:
        """Return the leaders who may lead each group, free or not."""
        if not asked or not self.leaders:
            return [[] for _ in asked]
        needs = [self._need(group, cover) for group, cover in asked]
        kinds = list(dict.fromkeys(needs))
        allowed = eligibility_matrix(
            [leader for _, leader in self.leaders],
            kinds,
            present=self.staff,
            associates_see_tier_1=self.policy.associates_see_tier_1,
        )
        column = {
            need: allowed[:, k].nonzero()[0].tolist() for k, need in enumerate(kinds)
        }
        return [
            [k for k in column[need] if self._reaches(k, group)]
            for need, (group, _) in zip(needs, asked, strict=True)
        ]

    def _need(self, group: Group, cover: GroupCover) -> Need:
        tier = min((self.tiers.get(p, TIERS) for p in cover.patient_ids), default=TIERS)
        county = self.county.get(self.clinic.get(group.leader_id, ""), "")
        return Need(county, group.age_group, group.language, group.need, risk_tier=tier)

    def _reaches(self, k: int, group: Group) -> bool:
        """Say whether a leader is at the clinic of the group, or meets by video."""
        leader = self.leaders[k][1]
        return (
            leader.clinic_id == self.clinic.get(group.leader_id)
            or leader.telehealth_share > 0
        )

    def _nearness(self, k: int, group: Group) -> tuple[bool, bool, int]:
        leader = self.leaders[k][1]
        clinic = self.clinic.get(group.leader_id, "")
        far = self.county.get(leader.clinic_id) != self.county.get(clinic)
        return leader.clinic_id != clinic, far, k

    def _openings(self, k: int, group: Group, sessions: Sequence[date]) -> int:
        """Return the most openings that a session takes, 0 if one cannot be led."""
        most = 0
        for session in sessions:
            start = (session - self.monday).days * MINUTES_PER_DAY + group.start
            taken = self.free.openings(self.leaders[k][0], start, group.minutes)
            if not taken:
                return 0
            most = max(most, taken)
        return most

    def _room(
        self,
        asked: Sequence[tuple[Group, GroupCover]],
        takes: Sequence[Mapping[int, int]],
    ) -> list[int]:
        """Return how many groups each leader can take, by the scarcest week."""
        most = [1] * len(self.leaders)
        weeks: list[set[int]] = [set() for _ in self.leaders]
        for (_, cover), mine in zip(asked, takes, strict=True):
            held = {(day - self.monday).days // 7 for day in cover.sessions}
            for k, taken in mine.items():
                most[k] = max(most[k], taken)
                weeks[k] |= held
        return [
            # One group alone was found to fit, however scarce another's week is.
            max(1, min(int(self.free.spare[i, w]) for w in weeks[k]) // most[k])
            if weeks[k]
            else 0
            for k, (i, _) in enumerate(self.leaders)
        ]

    def _rank(self, cover: GroupCover) -> tuple[int, ...]:
        """Sort by members of the highest tier first, the most of them first."""
        count = [0] * TIERS
        for patient in cover.patient_ids:
            count[self.tiers.get(patient, TIERS) - 1] -= 1
        return tuple(count)
