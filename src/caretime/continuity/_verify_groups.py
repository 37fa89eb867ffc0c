"""Groups whose leader is away: all there, each run by somebody free and able."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from caretime.continuity._verify_scene import Findings, Scene, is_in
from caretime.continuity._verify_supply import Shelf
from caretime.model.care import Group
from caretime.model.incident import GROUP_COVERS, GroupCover
from caretime.model.people import Need
from caretime.rules.eligibility import may_treat

LOWEST_TIER = 3


def check_groups(scene: Scene, shelf: Shelf, findings: Findings) -> None:
    """Compare the plan's groups with those that lose their leader."""
    stated = Counter(cover.group_id for cover in scene.plan.groups)
    covers = {cover.group_id: cover for cover in reversed(scene.plan.groups)}
    due = {g.group_id: days for g in scene.system.groups if (days := _lost(scene, g))}
    findings.checked["groups"] = len(due)
    for group_id, count in stated.items():
        if count > 1 or group_id not in due:
            findings.add(
                "group", group_id, count, int(group_id in due),
                f"group {group_id} stands {count} times in the plan",
            )  # fmt: skip
    members: dict[str, list[str]] = defaultdict(list)
    for member in scene.system.group_members:
        members[member.group_id].append(member.patient_id)
    run: Counter[tuple[str, date, int]] = Counter()
    for group in scene.system.groups:
        if group.group_id not in due:
            continue
        days = due[group.group_id]
        cover = covers.get(group.group_id)
        if cover is None:
            findings.add(
                "group", group.group_id, "none", days,
                f"group {group.group_id} loses its leader on {days[0]} and is not in "
                "the plan",
            )  # fmt: skip
            continue
        _check_sessions(group, cover, days, members[group.group_id], findings)
        if cover.cover != "none":
            _check_leader(scene, shelf, group, cover, findings)
            run.update((cover.substitute_id, day, group.start) for day in days)
    for (who, day, _), count in run.items():
        if count > 1:
            findings.add(
                "group_leader", who, f"{count} groups", "one group",
                f"{who} runs {count} groups at once on {day}",
            )  # fmt: skip


def _lost(scene: Scene, group: Group) -> tuple[date, ...]:
    """Return the sessions that the incident alone takes the leader from."""
    absences = scene.away.get(group.leader_id, ())
    if not absences:
        return ()
    leave = [a for a in scene.system.absences if a.clinician_id == group.leader_id]
    days = (scene.day_of(week, group.weekday) for week in range(scene.plan.weeks))
    return tuple(
        day
        for day in days
        if is_in(absences, day)
        and not is_in(leave, day)
        and day >= scene.system.first_day
        and day not in scene.system.calendar.holidays
    )


def _check_sessions(
    group: Group,
    cover: GroupCover,
    days: tuple[date, ...],
    members: list[str],
    findings: Findings,
) -> None:
    if cover.sessions != days:
        findings.add(
            "group", group.group_id, cover.sessions, days,
            f"group {group.group_id} loses {len(days)} sessions, not "
            f"{len(cover.sessions)}",
        )  # fmt: skip
    if cover.leader_id != group.leader_id or set(cover.patient_ids) != set(members):
        findings.add(
            "group", group.group_id, cover.patient_ids, members,
            f"leader or members of group {group.group_id} are others",
        )  # fmt: skip
    runs = bool(cover.substitute_id)
    if cover.cover not in GROUP_COVERS or (cover.cover != "none") != runs:
        findings.add(
            "group", group.group_id, cover.cover, GROUP_COVERS,
            f"group {group.group_id} is run by {cover.substitute_id or 'nobody'} as "
            f"{cover.cover}",
        )  # fmt: skip
    if cover.cover == "none" and not cover.reason:
        findings.add(
            "reason", group.group_id, "none", "a reason",
            f"nobody runs group {group.group_id}, and no reason is given",
        )  # fmt: skip


def _check_leader(
    scene: Scene, shelf: Shelf, group: Group, cover: GroupCover, findings: Findings
) -> None:
    """See that whoever runs a group may, is there at every session, and is free."""
    who = cover.substitute_id
    leader = scene.clinicians.get(who)
    lacks = []
    if leader is None or (cover.cover == "co_leader" and who != group.co_leader_id):
        lacks.append("is not of the group")
    elif cover.cover == "substitute":
        if not leader.leads_groups:
            lacks.append("leads no groups")
        weeks = [scene.week_of(day) for day in cover.sessions]
        verdict = may_treat(
            leader,
            _need(scene, group, cover),
            supervisor=scene.supervisor_in(who, weeks),
            associates_see_tier_1=scene.plan.policy.associates_see_tier_1,
        )
        lacks += verdict.reasons
    for day in cover.sessions:
        if day not in scene.days_at_work(who, scene.week_of(day)):
            lacks.append(f"is away on {day}")
        elif cover.cover == "substitute" and _is_busy(shelf, who, day, group):
            lacks.append(f"sees somebody else on {day}")
    if lacks:
        findings.add(
            "group_leader", group.group_id, who, "free and able",
            f"{who} cannot run group {group.group_id}: {', '.join(lacks)}",
        )  # fmt: skip


def _need(scene: Scene, group: Group, cover: GroupCover) -> Need:
    tiers = [
        scene.patients[patient_id].risk_tier
        for patient_id in cover.patient_ids
        if patient_id in scene.patients
    ]
    tier = min(tiers, default=LOWEST_TIER)
    return Need("", group.age_group, group.language, group.need, risk_tier=tier)


def _is_busy(shelf: Shelf, who: str, day: date, group: Group) -> bool:
    end = group.start + group.minutes
    return any(s < end and group.start < e for s, e in shelf.own(who, day))
