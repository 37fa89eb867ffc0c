"""Corruptions of who goes where and what is told of it, planted in a sound plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sound_plans import Desk, restated, sound_plan

from caretime.model.care import Absence
from caretime.model.incident import Incident, Series, Substitute
from caretime.model.matching import LeftOut, Level, Match, MatchPolicy, Price
from caretime.model.strike import Answer, StrikePlan, Update
from caretime.model.system import CareSystem
from caretime.rules.fit import fit
from caretime.simulation import make_system

CLINIC = make_system("clinic-of-eight", seed=1)
CONTRACT = CLINIC.contracts[CLINIC.contract_in_force]
FIRST = CLINIC.first_day
INCIDENT = Incident(
    "I-1",
    FIRST,
    FIRST - timedelta(days=11),
    clinician_ids=tuple(c.clinician_id for c in CLINIC.clinicians[:4]),
    last_day=FIRST + timedelta(days=25),
)
DATED = sound_plan(CLINIC, INCIDENT, MatchPolicy(intake_lent=0.5))
PLAN = replace(
    DATED,
    bookings=(),
    untimed=(),
    contacts=tuple(c for c in DATED.contacts if c.reason != "no_time"),
)
"""Without dated visits, so that a match can be corrupted alone."""

NOON = CLINIC.calendar.at(FIRST, 12 * 60)


@dataclass(frozen=True)
class Planted:
    """A corrupted plan, beside what it is verified with."""

    plan: StrikePlan
    who: str | None = None
    system: CareSystem = CLINIC
    update: Update = field(default_factory=Update)


def match_where(plan: StrikePlan, **wanted: object) -> Match:
    return next(
        m
        for m in plan.matching.matches
        if all(getattr(m, name) == value for name, value in wanted.items())
    )


def series_of(plan: StrikePlan, patient_id: str) -> Series:
    return next(s for s in plan.series if s.patient_id == patient_id)


def patient_of(patient_id: str):
    return next(p for p in CLINIC.patients if p.patient_id == patient_id)


def desk_of(plan: StrikePlan) -> Desk:
    """Return the desk with nothing used, so that every permitted way is open."""
    return Desk(CLINIC, plan.substitutes, plan.weeks, plan.policy)


def with_matching(plan: StrikePlan, **changes: object) -> StrikePlan:
    return replace(plan, matching=replace(plan.matching, **changes))


def with_match(plan: StrikePlan, match: Match) -> StrikePlan:
    """Change one match and nothing that is told of it."""
    every = tuple(
        match if m.patient_id == match.patient_id else m for m in plan.matching.matches
    )
    return with_matching(plan, matches=every)


def with_series(plan: StrikePlan, series: Series) -> StrikePlan:
    every = tuple(
        series if s.patient_id == series.patient_id else s for s in plan.series
    )
    return restated(replace(plan, series=every))


LEFT = match_where(PLAN, outcome="left_out")
PLACED = match_where(PLAN, outcome="placed", kind="network")
HOUSE = match_where(PLAN, outcome="placed", kind="in_house")


def a_patient_lost() -> Planted:
    kept = tuple(s for s in PLAN.series if s.patient_id != LEFT.patient_id)
    return Planted(restated(replace(PLAN, series=kept)), LEFT.patient_id)


def a_match_lost() -> Planted:
    kept = tuple(m for m in PLAN.matching.matches if m is not LEFT)
    plan = with_matching(PLAN, matches=kept)
    return Planted(restated(plan), LEFT.patient_id)


def a_series_twice() -> Planted:
    one = series_of(PLAN, LEFT.patient_id)
    return Planted(replace(PLAN, series=(*PLAN.series, one)), LEFT.patient_id)


def a_match_twice() -> Planted:
    plan = with_matching(PLAN, matches=(*PLAN.matching.matches, LEFT))
    return Planted(plan, LEFT.patient_id)


def a_patient_of_somebody_at_work() -> Planted:
    away = {a.clinician_id for a in PLAN.absent}
    other = next(p for p in CLINIC.patients if p.clinician_id not in away)
    one = replace(series_of(PLAN, LEFT.patient_id), patient_id=other.patient_id)
    plan = replace(PLAN, series=(*PLAN.series, one))
    match = Match(other.patient_id, "left_out")
    plan = with_matching(plan, matches=(*PLAN.matching.matches, match))
    return Planted(restated(plan), other.patient_id)


def a_later_limit() -> Planted:
    one = series_of(PLAN, LEFT.patient_id)
    later = replace(one, limit_day=one.limit_day + timedelta(days=30))
    return Planted(with_series(PLAN, later), LEFT.patient_id)


def a_lower_risk() -> Planted:
    one = next(
        s
        for s in PLAN.series
        if s.risk_tier == 1 and match_where(PLAN, patient_id=s.patient_id).points == 0
    )
    return Planted(with_series(PLAN, replace(one, risk_tier=3)), one.patient_id)


def a_sidelined_associate_at_work() -> Planted:
    gone = next(c for c in CLINIC.clinicians if c.supervisor_id)
    kept = tuple(a for a in PLAN.absent if a.clinician_id != gone.clinician_id)
    theirs = {
        p.patient_id for p in CLINIC.patients if p.clinician_id == gone.clinician_id
    }
    series = tuple(s for s in PLAN.series if s.patient_id not in theirs)
    plan = restated(replace(PLAN, absent=kept, series=series))
    return Planted(plan, gone.clinician_id)


def weeks_of_another_course() -> Planted:
    other = replace(PLACED, weeks=(*PLACED.weeks, PLAN.weeks))
    return Planted(restated(PLAN, other), PLACED.patient_id)


def a_stranger_as_substitute() -> Planted:
    other = replace(PLACED, substitute_id="N-99999")
    return Planted(restated(PLAN, other), PLACED.patient_id)


def an_own_clinician_as_substitute() -> Planted:
    """With openings that somebody stated, so that nothing else is wrong with it."""
    own = patient_of(PLACED.patient_id).clinician_id
    stated = Substitute(own, "in_house", (9,) * PLAN.weeks)
    others = tuple(s for s in PLAN.substitutes if s.substitute_id != own)
    plan = replace(PLAN, substitutes=(stated, *others))
    match = replace(PLACED, substitute_id=own, kind="in_house")
    update = Update(openings={own: stated.openings})
    return Planted(restated(plan, match), PLACED.patient_id, update=update)


def a_pair_that_is_not_allowed() -> Planted:
    """Somebody goes to a network therapist of another age group or language."""
    desk = desk_of(PLAN)
    placed = {m.substitute_id for m in PLAN.matching.matches}
    for therapist in CLINIC.network:
        who = therapist.therapist_id
        stated = next(s for s in PLAN.substitutes if s.substitute_id == who)
        if who in placed or not any(stated.openings):
            continue
        for match in PLAN.matching.matches:
            patient = patient_of(match.patient_id)
            one = series_of(PLAN, match.patient_id)
            if match.outcome != "left_out" or desk.way(patient, who) is not None:
                continue
            meets = patient.modality == "telehealth" and patient.telehealth_consent
            if not (meets and therapist.telehealth and one.risk_tier == 3):
                continue
            pair = way_with(PLAN, match.patient_id, who, telehealth=True)
            return Planted(restated(PLAN, pair), match.patient_id)
    raise AssertionError("no such pair in the clinic")


def way_with(plan: StrikePlan, patient_id: str, who: str, *, telehealth: bool) -> Match:
    """Place somebody with a substitute as late as the plan goes, told truly."""
    one, patient = series_of(plan, patient_id), patient_of(patient_id)
    desk = desk_of(plan)
    delay = plan.weeks - 1 - one.weeks[0]
    home = desk.people[patient.clinician_id]
    person = desk.people[who]
    points = fit(
        person, patient, home=home, telehealth=telehealth, weeks_waiting=delay
    ).points
    last = (one.limit_day - plan.monday).days // 7
    kind = "in_house" if who.startswith("C") else "network"
    weeks = (plan.weeks - 1,)
    return Match(
        patient_id, "placed", who, kind, weeks, weeks[0] <= last, points, telehealth
    )


def a_substitute_on_leave() -> Planted:
    day = PLAN.monday + timedelta(weeks=HOUSE.weeks[0])
    leave = Absence(HOUSE.substitute_id, day, day + timedelta(days=6))
    system = replace(CLINIC, absences=(*CLINIC.absences, leave))
    return Planted(PLAN, None, system)


def more_than_fits() -> Planted:
    """Somebody left out goes, permitted, to where everything is taken."""
    desk = desk_of(PLAN)
    for match in PLAN.matching.matches:
        if match.outcome != "left_out":
            continue
        patient = patient_of(match.patient_id)
        ways = list(desk.ways(patient, series_of(PLAN, match.patient_id)))
        if ways:
            one = series_of(PLAN, match.patient_id)
            last = (one.limit_day - PLAN.monday).days // 7
            way = replace(ways[0], within_limit=ways[0].weeks[0] <= last)
            return Planted(restated(PLAN, way), way.substitute_id)
    raise AssertionError("nobody left out may be treated by anybody")


def more_intakes_than_there_are() -> Planted:
    every = tuple(
        replace(s, intakes=tuple(count + 1 for count in s.intakes))
        if s.substitute_id == HOUSE.substitute_id
        else s
        for s in PLAN.substitutes
    )
    return Planted(replace(PLAN, substitutes=every), HOUSE.substitute_id)


def more_openings_than_there_are() -> Planted:
    every = tuple(
        replace(s, openings=(s.openings[0] + 1, *s.openings[1:]))
        if s.substitute_id == HOUSE.substitute_id
        else s
        for s in PLAN.substitutes
    )
    return Planted(replace(PLAN, substitutes=every), None)


def a_point_too_few() -> Planted:
    cheaper = replace(PLACED, points=PLACED.points - 1)
    return Planted(restated(PLAN, cheaper), PLACED.patient_id)


def a_late_start_told_as_in_time() -> Planted:
    late = match_where(PLAN, outcome="placed", within_limit=False)
    told_so = replace(late, within_limit=True)
    return Planted(with_match(PLAN, told_so), late.patient_id)


def a_video_visit_without_consent() -> Planted:
    """Told with the points and miles of video, which the patient has not agreed to."""
    for match in PLAN.matching.matches:
        patient = patient_of(match.patient_id)
        if match.outcome != "placed" or match.telehealth or patient.telehealth_consent:
            continue
        people = desk_of(PLAN).people
        points = fit(
            people[match.substitute_id],
            patient,
            home=people[patient.clinician_id],
            telehealth=True,
            weeks_waiting=match.weeks[0] - series_of(PLAN, match.patient_id).weeks[0],
        ).points
        video = replace(match, telehealth=True, miles=0.0, points=points)
        return Planted(restated(PLAN, video), match.patient_id)
    raise AssertionError("everybody has consented")


def miles_told_too_few() -> Planted:
    far = next(m for m in PLAN.matching.matches if m.miles > 1)
    return Planted(restated(PLAN, replace(far, miles=0.5)), far.patient_id)


def one_fewer_left_out() -> Planted:
    levels = tuple(
        replace(v, value=v.value - 1) if v.name == "tier_3_left_out" else v
        for v in PLAN.matching.levels
    )
    return Planted(with_matching(PLAN, levels=levels), "tier_3_left_out")


def a_level_left_away() -> Planted:
    return Planted(with_matching(PLAN, levels=PLAN.matching.levels[1:]), "")


def a_lower_value() -> Planted:
    return Planted(with_matching(PLAN, value=PLAN.matching.value - 1), "")


def a_bound_nobody_proved() -> Planted:
    return Planted(with_matching(PLAN, bound=PLAN.matching.value), "")


def a_bound_of_a_level_nobody_proved() -> Planted:
    levels = tuple(
        Level(v.name, v.value, v.value if v.name == "tier_1_left_out" else 0)
        for v in PLAN.matching.levels
    )
    return Planted(with_matching(PLAN, levels=levels), "tier_1_left_out")


def a_claim_of_the_best() -> Planted:
    return Planted(with_matching(PLAN, status="optimal"), None)


def a_price_below_nothing() -> Planted:
    price = Price(HOUSE.substitute_id, 0, -1)
    return Planted(with_matching(PLAN, prices=(price,)), HOUSE.substitute_id)


def a_price_of_a_stranger() -> Planted:
    return Planted(with_matching(PLAN, prices=(Price("N-99999", 0, 1),)), "N-99999")


def a_price_twice() -> Planted:
    prices = (Price(HOUSE.substitute_id, 0, 1), Price(HOUSE.substitute_id, 0, 2))
    return Planted(with_matching(PLAN, prices=prices), HOUSE.substitute_id)


def a_pin_not_kept() -> Planted:
    update = Update(pins={PLACED.patient_id: HOUSE.substitute_id})
    return Planted(PLAN, PLACED.patient_id, update=update)


def an_acceptance_not_kept() -> Planted:
    offered = {PLACED.patient_id: HOUSE.substitute_id}
    plan = replace(
        PLAN, offered=offered, answers=(Answer(PLACED.patient_id, "accepted", NOON),)
    )
    return Planted(restated(plan), PLACED.patient_id)


def a_refusal_not_heard() -> Planted:
    offered = {PLACED.patient_id: PLACED.substitute_id}
    plan = replace(
        PLAN, offered=offered, answers=(Answer(PLACED.patient_id, "declined", NOON),)
    )
    return Planted(plan, PLACED.patient_id)


def a_wish_to_wait_not_heard() -> Planted:
    plan = replace(PLAN, answers=(Answer(LEFT.patient_id, "waits", NOON),))
    return Planted(plan, LEFT.patient_id)


def somebody_said_to_wait_who_never_chose_to() -> Planted:
    return Planted(
        restated(PLAN, replace(LEFT, outcome="waits")),
        LEFT.patient_id,
    )


def waiting_told_as_recorded() -> Planted:
    plan = replace(PLAN, answers=(Answer(LEFT.patient_id, "waits", NOON),))
    plan = restated(plan, replace(LEFT, outcome="waits"))
    contacts = tuple(
        replace(c, clinician_must_record=False)
        if c.patient_id == LEFT.patient_id
        else c
        for c in plan.contacts
    )
    return Planted(replace(plan, contacts=contacts), LEFT.patient_id)


def nobody_left_out_is_told_why() -> Planted:
    kept = tuple(r for r in PLAN.matching.left_out if r.patient_id != LEFT.patient_id)
    return Planted(with_matching(PLAN, left_out=kept), LEFT.patient_id)


def a_reason_for_somebody_placed() -> Planted:
    reason = LeftOut(PLACED.patient_id, "capacity", 1, "", 0, "No place.")
    every = (*PLAN.matching.left_out, reason)
    return Planted(with_matching(PLAN, left_out=every), PLACED.patient_id)


def nobody_to_call() -> Planted:
    kept = tuple(c for c in PLAN.contacts if c.patient_id != LEFT.patient_id)
    return Planted(replace(PLAN, contacts=kept), LEFT.patient_id)


def a_call_for_no_reason() -> Planted:
    call = replace(PLAN.contacts[0], patient_id=PLACED.patient_id, reason="bored")
    return Planted(replace(PLAN, contacts=(*PLAN.contacts, call)), PLACED.patient_id)


def a_free_place_not_given() -> Planted:
    return Planted(restated(PLAN, Match(PLACED.patient_id, "left_out")), None)


def a_place_given_to_a_lower_risk() -> Planted:
    """A place goes from the highest risk to the lowest, everything told truly."""
    desk = desk_of(PLAN)
    tier = {s.patient_id: s.risk_tier for s in PLAN.series}
    for held in PLAN.matching.matches:
        if held.outcome != "placed" or tier[held.patient_id] != 1:
            continue
        for other in PLAN.matching.matches:
            if other.outcome != "left_out" or tier[other.patient_id] != 3:
                continue
            one = series_of(PLAN, other.patient_id)
            for way in desk.ways(patient_of(other.patient_id), one):
                if way.substitute_id == held.substitute_id and way.weeks == held.weeks:
                    last = (one.limit_day - PLAN.monday).days // 7
                    taken = replace(way, within_limit=way.weeks[0] <= last)
                    out = Match(held.patient_id, "left_out")
                    return Planted(restated(PLAN, out, taken), held.patient_id)
    raise AssertionError("no place of a higher risk suits a lower one")


def a_group_forgotten() -> Planted:
    return Planted(replace(PLAN, groups=()), PLAN.groups[0].group_id)


def a_session_forgotten() -> Planted:
    one = PLAN.groups[0]
    shorter = replace(one, sessions=one.sessions[1:])
    return Planted(replace(PLAN, groups=(shorter,)), one.group_id)


def a_group_run_by_a_stranger() -> Planted:
    run = replace(PLAN.groups[0], cover="co_leader", substitute_id="C-00005", reason="")
    return Planted(replace(PLAN, groups=(run,)), run.group_id)


def a_group_without_a_reason() -> Planted:
    plain = replace(PLAN.groups[0], reason="")
    return Planted(replace(PLAN, groups=(plain,)), plain.group_id)


MATCHES: tuple[tuple[Callable[[], Planted], set[str]], ...] = (
    (a_patient_lost, {"lost"}),
    (a_match_lost, {"lost"}),
    (a_series_twice, {"twice"}),
    (a_match_twice, {"twice"}),
    (a_patient_of_somebody_at_work, {"not_due"}),
    (a_later_limit, {"series"}),
    (a_lower_risk, {"series"}),
    (a_sidelined_associate_at_work, {"absent", "free_place"}),
    (weeks_of_another_course, {"weeks"}),
    (a_stranger_as_substitute, {"substitute", "free_place"}),
    (an_own_clinician_as_substitute, {"substitute", "free_place"}),
    (a_pair_that_is_not_allowed, {"not_allowed"}),
    (a_substitute_on_leave, {"away", "openings"}),
    (more_than_fits, {"over_openings"}),
    (more_intakes_than_there_are, {"openings", "free_place"}),
    (more_openings_than_there_are, {"openings", "free_place"}),
    (a_point_too_few, {"points"}),
    (a_late_start_told_as_in_time, {"within_limit"}),
    (a_video_visit_without_consent, {"way"}),
    (miles_told_too_few, {"miles"}),
    (one_fewer_left_out, {"level"}),
    (a_level_left_away, {"level"}),
    (a_lower_value, {"value"}),
    (a_bound_nobody_proved, {"bound"}),
    (a_bound_of_a_level_nobody_proved, {"bound"}),
    (a_claim_of_the_best, {"status"}),
    (a_price_below_nothing, {"price"}),
    (a_price_of_a_stranger, {"price"}),
    (a_price_twice, {"price"}),
    (a_pin_not_kept, {"pin"}),
    (an_acceptance_not_kept, {"accepted"}),
    (a_refusal_not_heard, {"declined"}),
    (a_wish_to_wait_not_heard, {"waits"}),
    (somebody_said_to_wait_who_never_chose_to, {"waits"}),
    (waiting_told_as_recorded, {"recorded"}),
    (nobody_left_out_is_told_why, {"reason"}),
    (a_reason_for_somebody_placed, {"reason"}),
    (nobody_to_call, {"contact"}),
    (a_call_for_no_reason, {"contact"}),
    (a_free_place_not_given, {"free_place"}),
    (a_place_given_to_a_lower_risk, {"priority"}),
    (a_group_forgotten, {"group"}),
    (a_session_forgotten, {"group"}),
    (a_group_run_by_a_stranger, {"group_leader"}),
    (a_group_without_a_reason, {"reason"}),
)
