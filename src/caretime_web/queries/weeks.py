"""A clinician's dated week as it stands, and what a visit would break in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from caretime.model.calendar import days_between
from caretime.model.care import Absence
from caretime.model.people import Clinician, Patient
from caretime.model.terms import Contract
from caretime.model.week import TELEHEALTH, Block
from caretime.rules.booking import BookedWeek, Refusal, Visit, block_of, refusals
from caretime.rules.even_week import STAGGERS, even_template
from caretime.rules.ledger import Ledger, week_ledger
from caretime.rules.spans import intersect
from caretime_web.bridge import desk
from caretime_web.bridge.rosters import weeks_between

OPENINGS = frozenset({"return", "intake", "urgent", "group"})
"""Activities of a template that are openings; a session is a visit once it is held."""

CONTRACT_ENDED = "contract_ended"
"""Refusal of the desk's own: no contract says what may be booked on that day."""


@dataclass(frozen=True, slots=True)
class DeskWeek:
    """
    One clinician's dated week, and what is needed to judge a visit in it.

    Parameters
    ----------
    week
        Template less holidays and days away, visits and holds; without supervisor.
    lengths
        Minutes of each type of visit with this clinician.
    places
        Where each opening is worked: a clinic, ``TELEHEALTH``, or empty.
    supervisor, supervisor_away
        An associate's supervisor, and the weekdays on which they are away.
    """

    week: BookedWeek
    terms: desk.TermsInForce
    lengths: Mapping[str, int]
    places: dict[Block, str]
    supervisor: Clinician | None
    supervisor_away: frozenset[int]

    def free(self, visit_type: str) -> Iterator[Visit]:
        """
        Yield a visit for each opening that could take one of a type, in order.

        An opening of the type gives its own length; in another the visit is as long
        as the week's visits of its type. Still to be judged.
        """
        for opening in self.week.openings:
            minutes = opening.minutes
            if opening.activity != visit_type:
                minutes = min(minutes, self.lengths[visit_type])
            span = (opening.start, opening.start + minutes)
            if any(intersect(span, (b.start, b.end)) for b in self.week.booked):
                continue
            start = self.terms.calendar.at(self.week.monday, opening.start)
            yield Visit(visit_type, start, minutes)

    def judge(
        self,
        visit: Visit,
        modality: str,
        patient: Patient,
        *,
        now: datetime,
    ) -> tuple[Refusal, ...]:
        """Return everything that speaks against a visit of this week, by the rules."""
        need = patient.asks
        contract, calendar = self.terms.contract, self.terms.calendar
        day = visit.start.astimezone(calendar.zone).date()
        if contract.until is not None and day > contract.until:
            return (Refusal(CONTRACT_ENDED, text=f"on {contract.until}"),)
        block = block_of(visit, self.week, calendar)
        there = self.supervisor is not None and block.day not in self.supervisor_away
        found = refusals(
            visit,
            replace(need, modality=modality),
            replace(self.week, supervisor=self.supervisor if there else None),
            contract,
            calendar,
            now=now,
        )
        if need.modality not in ("either", modality):
            found += (Refusal("modality", text=f"asked for {need.modality}"),)
        if modality == "in_person" and self.place_of(block) == TELEHEALTH:
            found += (Refusal("modality", text="worked by telehealth"),)
        return found

    def place_of(self, block: Block) -> str:
        """Return where the opening around a visit is worked; empty if anywhere."""
        return next(
            (
                place
                for opening, place in self.places.items()
                if opening.start <= block.start and block.end <= opening.end
            ),
            "",
        )


def read_week(
    clinician: Clinician,
    monday: date,
    terms: desk.TermsInForce,
    *,
    patient_id: str,
    now: datetime,
) -> DeskWeek:
    """
    Put together the week of a clinician in which a patient wants a visit.

    What somebody holds counts as booked, but for the patient's own holds. A week is
    the roster's where one was adopted, day by day; else the even week of the ledger,
    turned as the planner turns it.

    Raises
    ------
    ValueError
        If ``monday`` is not a Monday.
    """
    sunday = monday + timedelta(days=6)
    whose = [clinician.clinician_id]
    if clinician.supervisor_id is not None:
        whose.append(clinician.supervisor_id)
    away = desk.absences_of(whose, monday, sunday)
    days = days_between(monday, sunday)
    works = {
        day.weekday()
        for day in days
        if day >= clinician.hired_on
        and day not in terms.calendar.holidays
        and not _is_away(clinician.clinician_id, day, away)
    }
    ledger = _ledger(clinician, monday, terms.contract)
    placed = [
        (block, place)
        for block, place in _placed(clinician, monday, ledger)
        if block.day in works
    ]
    supervisor = next(iter(desk.clinicians(whose[1:])), None) if whose[1:] else None
    week = BookedWeek(
        clinician,
        monday,
        tuple(block for block, _ in placed if block.activity in OPENINGS),
        tuple(block for block, _ in placed if block.activity not in OPENINGS),
        caseload=desk.caseload_of(clinician.clinician_id, without=patient_id),
    )
    booked = _booked(week, terms, works, patient_id=patient_id, now=now)
    return DeskWeek(
        replace(week, booked=booked),
        terms,
        {kind: getattr(ledger, f"{kind}_minutes") for kind in OPENINGS},
        {block: place for block, place in placed if block.activity in OPENINGS},
        supervisor,
        frozenset(
            day.weekday()
            for day in days
            if supervisor and _is_away(supervisor.clinician_id, day, away)
        ),
    )


def _is_away(clinician_id: str, day: date, absences: Iterable[Absence]) -> bool:
    return any(
        absence.clinician_id == clinician_id
        and absence.first_day <= day
        and (absence.last_day is None or day <= absence.last_day)
        for absence in absences
    )


def _placed(
    clinician: Clinician, monday: date, ledger: Ledger
) -> Iterator[tuple[Block, str]]:
    """Yield the blocks of a week, of each day by the roster that holds on it."""
    who = clinician.clinician_id
    sunday = monday + timedelta(days=6)
    built = set()
    for first, last, week in weeks_between(monday, sunday, clinician_id=who):
        days = {
            day.weekday()
            for day in days_between(monday, sunday)
            if first <= day and (last is None or day <= last)
        }
        built |= days
        yield from (pair for pair in week.placed() if pair[0].day in days)
    if len(built) < 7:
        even = even_template(ledger, stagger=desk.turn_of(who) % STAGGERS)
        yield from ((block, "") for block in even.blocks if block.day not in built)


def _ledger(clinician: Clinician, monday: date, contract: Contract) -> Ledger:
    """Return the ledger of a week; of one after the contract's end its last one."""
    who = clinician.clinician_id
    leads = clinician.leads_groups and any(
        group.leader_id == who for group in desk.groups_led(who)
    )
    return week_ledger(
        contract,
        license_code=clinician.license,
        fte=clinician.fte,
        on=min(monday, contract.until or monday),
        ages=clinician.ages,
        leads_groups=leads,
    )


def _booked(
    week: BookedWeek,
    terms: desk.TermsInForce,
    works: set[int],
    *,
    patient_id: str,
    now: datetime,
) -> tuple[Block, ...]:
    """Return what is taken; the visits of one group session are one block."""
    who = week.clinician.clinician_id
    calendar = terms.calendar
    since = calendar.at(week.monday, 0)
    until = calendar.at(week.monday + timedelta(days=7), 0)
    taken = [
        Visit(visit.visit_type, visit.start, visit.minutes)
        for visit in desk.appointments_of(who, since, until)
    ]
    taken += [
        Visit(hold.visit_type, hold.start, hold.minutes)
        for hold in desk.holds_of(clinician_id=who, since=since, until=until, now=now)
        if hold.patient_id != patient_id
    ]
    blocks = {visit: block_of(visit, week, calendar) for visit in taken}
    sessions = {block for block in blocks.values() if block.activity == "group"}
    sessions |= {
        Block(group.weekday * 24 * 60 + group.start, group.minutes, "group")
        for group in desk.groups_led(who)
        if group.weekday in works
    }
    visits = [block for block in blocks.values() if block.activity != "group"]
    return tuple(sorted([*visits, *sessions]))
