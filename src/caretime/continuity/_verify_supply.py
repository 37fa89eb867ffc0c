"""The openings that a plan states, counted again one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from itertools import accumulate
from math import floor

from caretime.continuity._verify_scene import Findings, Scene
from caretime.model.people import NetworkTherapist
from caretime.model.terms import Clause
from caretime.model.week import Block, Template
from caretime.rules.even_week import STAGGERS, even_template
from caretime.rules.ledger import Ledger, week_ledger
from caretime.rules.week_terms import clauses_on

_ONE = 2**32
"""One place; shares of it are whole numbers, so that nothing is rounded by machines."""

_KINDS = ("return", "intake", "urgent")

Span = tuple[int, int]
"""Start and end in minutes from midnight of one day."""


class Shelf:
    """Weeks of clinicians and what is held in them, each worked out once."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._turn = {c.clinician_id: k for k, c in enumerate(scene.system.clinicians)}
        self._leaders = {g.leader_id for g in scene.system.groups}
        self._ledgers: dict[tuple[object, ...], Ledger] = {}
        self._templates: dict[tuple[object, ...], Template] = {}
        built = scene.roster.weeks if scene.roster else ()
        self._built = {week.clinician_id: week for week in built}
        self._terms: list[tuple[Clause, ...]] = []
        self._first: list[int] = []
        self._alike: dict[int, str] = {}
        self._days: dict[int, list[list[Block]]] = {}
        self.visits: dict[tuple[str, date], list[Span]] = defaultdict(list)
        self.led: dict[tuple[str, date], list[Span]] = defaultdict(list)
        self.taken_over: dict[tuple[str, date], list[Span]] = defaultdict(list)
        self._read_visits()
        self._read_sessions()

    def ledger(self, who: str, week: int) -> Ledger:
        """Return the ledger of somebody's week."""
        person = self._scene.clinicians[who]
        leads = person.leads_groups and who in self._leaders
        terms = self._terms_of(week)
        key = (person.license, person.fte, person.ages, leads, terms)
        if key not in self._ledgers:
            self._ledgers[key] = week_ledger(
                self._scene.contract,
                license_code=person.license,
                fte=person.fte,
                on=self._scene.day_of(week),
                ages=person.ages,
                leads_groups=leads,
            )
        return self._ledgers[key]

    def _terms_of(self, week: int) -> int:
        """Return the first week of the plan with the clauses of this one."""
        for later in range(len(self._terms), week + 1):
            on = self._scene.day_of(later)
            self._terms.append(tuple(clauses_on(self._scene.contract, on)))
            self._first.append(self._terms.index(self._terms[later]))
        return self._first[week]

    def template(self, who: str, week: int) -> Template:
        """Return somebody's week: built for these days, or even."""
        on = self._scene.day_of(week)
        roster = self._scene.roster
        if (
            roster is not None
            and who in self._built
            and (roster.first_day or on) <= on <= (roster.last_day or on)
        ):
            return self._built[who].template
        ledger = self.ledger(who, week)
        if id(ledger) not in self._alike:
            # Licenses with equal terms have equal weeks.
            plain = replace(ledger, license_code="", on=date.min)
            self._alike[id(ledger)] = repr(plain)
        key = (self._alike[id(ledger)], self._turn[who] % STAGGERS)
        if key not in self._templates:
            self._templates[key] = even_template(
                ledger, stagger=self._turn[who] % STAGGERS
            )
        return self._templates[key]

    def openings(self, who: str, week: int) -> list[list[Block]]:
        """Return the openings of somebody's week, day by day."""
        template = self.template(who, week)
        if id(template) not in self._days:
            days: list[list[Block]] = [[] for _ in range(7)]
            for block in template.blocks:
                if block.activity in _KINDS:
                    days[block.day].append(block)
            self._days[id(template)] = days
        return self._days[id(template)]

    def own(self, who: str, day: date) -> list[Span]:
        """Return visits and own groups of somebody's day, groups taken over aside."""
        return self.visits.get((who, day), []) + self.led.get((who, day), [])

    def held(self, who: str, day: date) -> list[Span]:
        """Return what lies on somebody's day before the plan: visits and groups."""
        return self.visits.get((who, day), []) + self.sessions(who, day)

    def sessions(self, who: str, day: date) -> list[Span]:
        """Return the groups of somebody's day, own ones and those taken over."""
        return self.led.get((who, day), []) + self.taken_over.get((who, day), [])

    def _read_visits(self) -> None:
        for a in self._scene.system.appointments:
            if a.status == "booked" and a.visit_type != "group":
                local = a.start.astimezone(self._scene.system.calendar.zone)
                start = local.hour * 60 + local.minute
                span = (start, start + a.minutes)
                self.visits[a.clinician_id, local.date()].append(span)

    def _read_sessions(self) -> None:
        scene = self._scene
        groups = {g.group_id: g for g in scene.system.groups}
        for group in groups.values():
            span = (group.start, group.start + group.minutes)
            for leader in {group.leader_id, group.co_leader_id} - {None}:
                for week in range(scene.plan.weeks):
                    day = scene.day_of(week, group.weekday)
                    if day in scene.days_at_work(str(leader), week):
                        self.led[str(leader), day].append(span)
        for cover in scene.plan.groups:
            if cover.cover == "substitute" and cover.group_id in groups:
                group = groups[cover.group_id]
                span = (group.start, group.start + group.minutes)
                for day in cover.sessions:
                    self.taken_over[cover.substitute_id, day].append(span)


def check_supply(scene: Scene, shelf: Shelf, findings: Findings) -> None:
    """See that nobody is stated to have more openings than the system gives."""
    own = own_patients(scene)
    for who, stated in scene.substitutes.items():
        findings.checked["substitutes"] += 1
        person = scene.person(who)
        if person is None or len(stated.openings) != scene.plan.weeks:
            findings.add(
                "substitute", who, len(stated.openings), scene.plan.weeks,
                f"{who} is not of the system, or has not one count a week",
            )  # fmt: skip
            continue
        intakes: tuple[int, ...] = (0,) * scene.plan.weeks
        if isinstance(person, NetworkTherapist):
            openings = _new_patients(scene, person)
        else:
            openings, intakes = openings_left(scene, shelf, who, own.get(who, ()))
        if who in scene.update.openings:
            openings = tuple(scene.update.openings[who])
        _tell_more(who, stated.kind, stated.openings, openings, findings)
        if stated.kind == "in_house":
            _tell_more(who, "intakes", stated.intakes, intakes, findings)


def _tell_more(
    who: str,
    kind: str,
    stated: tuple[int, ...],
    counted: tuple[int, ...],
    findings: Findings,
) -> None:
    """Tell the first week with more openings stated than counted, if there is one."""
    running = accumulate if kind == "network" else iter
    pairs = zip(running(stated), running(counted), strict=False)
    over = [week for week, (has, most) in enumerate(pairs) if has > most]
    if over:
        what = "intake openings" if kind == "intakes" else "openings"
        findings.add(
            "openings", who, stated, counted,
            f"{who} is stated to have {stated} {what}, counted anew {counted}: more "
            f"in week {over[0]}",
        )  # fmt: skip


def _new_patients(scene: Scene, person: NetworkTherapist) -> tuple[int, ...]:
    """Count the whole places that open week by week, from where the id begins."""
    if person.acceptance < scene.plan.policy.least_acceptance:
        return (0,) * scene.plan.weeks
    # The share of the next place that has passed already, the same on any machine.
    digest = sha256(person.therapist_id.encode()).digest()
    begun = int.from_bytes(digest[:4], "big")
    found = []
    for _ in range(scene.plan.weeks):
        whole, begun = divmod(begun + round(person.openings_per_week * _ONE), _ONE)
        found.append(whole)
    return tuple(found)


def own_patients(scene: Scene) -> dict[str, list[tuple[int, int]]]:
    """
    Return by clinician the week of each own patient's next visit that is not booked.

    With the interval, in the order of the patients.
    """
    zone = scene.system.calendar.zone
    last: dict[str, tuple[datetime, str]] = {}
    for a in scene.system.appointments:
        if a.status == "booked" and a.visit_type != "group":
            before = last.get(a.patient_id)
            if before is None or a.start > before[0]:
                last[a.patient_id] = (a.start, a.clinician_id)
    seats = {m.patient_id for m in scene.system.group_members}
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for turn, patient in enumerate(scene.system.patients):
        interval = max(patient.interval_weeks, 1)
        if patient.patient_id in last:
            day = last[patient.patient_id][0].astimezone(zone).date()
            due = scene.week_of(day) + interval
            if day >= scene.plan.monday and _is_lost(scene, patient.clinician_id, day):
                due = scene.week_of(day)
        elif patient.patient_id in seats:
            continue
        else:
            due = turn % interval
        found[patient.clinician_id].append((due, interval))
    return found


def _is_lost(scene: Scene, who: str, day: date) -> bool:
    """Say whether a booked visit falls on a day of the plan that is not worked."""
    week = scene.week_of(day)
    return week < scene.plan.weeks and day not in scene.days_at_work(who, week)


def openings_left(
    scene: Scene, shelf: Shelf, who: str, own: Iterable[tuple[int, int]]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Count returns and intakes left in each week when own patients are seen."""
    due = [[week, turn, interval] for turn, (week, interval) in enumerate(own)]
    left, first = [], []
    for week in range(scene.plan.weeks):
        free = free_openings(scene, shelf, who, week)
        returns = sum(block.activity == "return" for block in free)
        intakes = sum(block.activity == "intake" for block in free)
        waits = sorted(entry for entry in due if entry[0] <= week)
        seen = waits[:returns]
        for entry in seen:
            entry[0] = week + entry[2]
        lent = floor(intakes * scene.plan.policy.intake_lent + 1e-9)
        left.append(returns - len(seen) + lent)
        first.append(intakes - lent)
    return tuple(left), tuple(first)


def free_openings(scene: Scene, shelf: Shelf, who: str, week: int) -> list[Block]:
    """Return the openings of somebody's dated week that nobody has taken."""
    days = scene.days_at_work(who, week)
    if not days:
        return []
    ledger, openings = shelf.ledger(who, week), shelf.openings(who, week)
    returns: list[Block] = []
    reserved: list[Block] = []
    load = 0
    for weekday in range(7):
        day = scene.day_of(week, weekday)
        counted = _load(shelf, who, day, ledger)
        load += counted
        if day not in days:
            continue
        held = shelf.held(who, day)
        free = [b for b in openings[weekday] if _is_free(b, held, ledger)]
        others = [b for b in free if b.activity != "return"]
        # The caps hold for all that is booked and reserved; returns take what is left.
        room = _room(ledger.daily_cap, counted + len(others))
        returns += [b for b in free if b.activity == "return"][:room]
        reserved += others
    return returns[: _room(ledger.weekly_cap, load + len(reserved))] + reserved


def _is_free(block: Block, held: Iterable[Span], ledger: Ledger) -> bool:
    """Say whether nothing lies on a block or on the minutes that stay free after."""
    tail = ledger.visits[block.activity].buffer
    start = block.minute_of_day
    end = start + block.minutes
    return not any(s < end + tail and start < e + tail for s, e in held)


def _load(shelf: Shelf, who: str, day: date, ledger: Ledger) -> int:
    """Count the patients held on a day as the caps count them."""
    visits = len(shelf.visits.get((who, day), ()))
    return visits + len(shelf.sessions(who, day)) * ledger.group_credit


def _room(cap: int | None, taken: int) -> int:
    return 1 << 20 if cap is None else max(cap - taken, 0)
