"""Therapy groups at the start: when they meet, and who is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from caretime.model.care import Group, GroupMember
from caretime.model.people import Clinician, Patient
from caretime.simulation.synthetic.book import Weeks
from caretime.simulation.synthetic.draws import Bools, Draws, Ints

Numbers = Mapping[str, float]
AFTERNOON = 13 * 60


@dataclass(frozen=True)
class Sessions:
    """
    The weekly sessions, one leader each.

    Parameters
    ----------
    leader
        Row of the clinician.
    start
        Minutes from Monday 00:00.
    minutes, seats, members
        Length, seats, and seats taken at the start.
    """

    leader: Ints
    start: Ints
    minutes: Ints
    seats: Ints
    members: Ints

    def members_of(self, clinicians: int) -> Ints:
        """Add up the members by clinician."""
        return np.bincount(
            self.leader, weights=self.members, minlength=clinicians
        ).astype(np.int64)

    def take_from(self, starts: Ints, opens: Bools) -> Bools:
        """Take the openings that a session overlaps out of the leader's book."""
        day, left = starts // 1440, opens.copy()
        for leader, start, minutes in zip(
            self.leader.tolist(),
            self.start.tolist(),
            self.minutes.tolist(),
            strict=True,
        ):
            own = starts[leader]
            during = (own >= start) & (own < start + minutes)
            left[leader][:, during & (day[leader] == start // 1440)] = False
        return left


def make_sessions(
    clinicians: Sequence[Clinician], weeks: Weeks, numbers: Numbers, draws: Draws
) -> Sessions:
    """
    Let every leader hold the sessions of the contract's week, at least one.

    Where the contract's week has no group session, one begins at the leader's first
    return opening of an afternoon and takes the place of those it overlaps.
    """
    grouped, returns = weeks.of("group"), weeks.of("return")
    leaders, starts, minutes, seats = [], [], [], []
    for row, clinician in enumerate(clinicians):
        if not clinician.leads_groups:
            continue
        ledger = weeks.ledgers[row]
        own = grouped[row][grouped[row] >= 0].tolist()
        length = ledger.group_minutes
        if not own:
            free = returns[row][returns[row] >= 0]
            own = [int(free[int(np.argmax(free % 1440 >= AFTERNOON))])]
            length = int(numbers["group_minutes"])
        for start in own:
            leaders.append(row)
            starts.append(start)
            minutes.append(length)
            seats.append(ledger.group_seats or int(numbers["group_seats"]))
    taken = np.array(seats, dtype=np.int64) * numbers["group_filled"]
    some = draws.uniform("group/members", len(leaders))
    return Sessions(
        np.array(leaders, dtype=np.int64),
        np.array(starts, dtype=np.int64),
        np.array(minutes, dtype=np.int64),
        np.array(seats, dtype=np.int64),
        np.floor(taken + some).astype(np.int64),
    )


def make_groups(
    sessions: Sessions,
    clinicians: Sequence[Clinician],
    patients: Sequence[Patient],
    members: Ints,
) -> tuple[tuple[Group, ...], tuple[GroupMember, ...], Ints]:
    """
    Name the groups and seat the members.

    Parameters
    ----------
    members
        Rows of the patients who are group members, in order of clinician.

    Returns
    -------
    groups, group_members
        The two tables.
    session
        Row of the session for each of ``members``.
    """
    session = np.repeat(np.arange(len(sessions.leader)), sessions.members)
    first = np.cumsum(sessions.members) - sessions.members
    groups = []
    for row, leader in enumerate(sessions.leader.tolist()):
        member = patients[int(members[first[row]])]
        start = int(sessions.start[row])
        groups.append(
            Group(
                f"G-{row + 1:04d}",
                clinicians[leader].clinician_id,
                None,
                start // 1440,
                start % 1440,
                int(sessions.minutes[row]),
                int(sessions.seats[row]),
                member.age_group,
                member.language,
                member.need,
            )
        )
    seated = tuple(
        GroupMember(groups[s].group_id, patients[m].patient_id)
        for s, m in zip(session.tolist(), members.tolist(), strict=True)
    )
    return tuple(groups), seated, session
