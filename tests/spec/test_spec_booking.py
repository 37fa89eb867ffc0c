"""
Booking: what the desk refuses, and why.

One therapist's week: openings for returns from nine to twelve, an intake opening at
one, an urgent opening at two, protected time at three, lunch at noon. The contract
caps the day at four patients and reserves intakes and urgent returns until one
business day before. A booking is refused for what it would break, not for what is
broken already.
"""

from datetime import date

from steward import CALENDAR, clause, moment, week_of

from caretime.model.people import Clinician, Need
from caretime.model.terms import Contract
from caretime.rules.booking import BookedWeek, Visit, may_book

THERAPIST = Clinician("C1", "LCSW", ("en",), ("adult",), ("therapy",), 1.0, "LA1", 0.5,
                      None, date(2020, 1, 1), "therapist", 1, False)  # fmt: skip
ADULT = Need("Los Angeles", "adult", "en", "therapy")
CONTRACT = Contract("c", "C", date(2025, 1, 1), "assumption", "made up", (
    clause("CAP", "visit_cap_daily", patients=4),
    clause("MIX", "intake_mix", intakes_per_week=1),
    clause("Q", "urgent_reserve", slots_per_week=1),
    clause("LOAD", "caseload_cap", patients=80),
    clause("MEAL", "meal"),
    clause("LEN", "visit_length", visit_type="return", minutes=45),
    clause("PMT", "protected_hours", hours_per_week=1, bookable_hours=1,
           bookable_trigger="access_missed"),
))  # fmt: skip
OPENINGS = ("Mon 09:00-12:00 return x3; Mon 13:00-14:00 intake; "
            "Mon 14:00-14:50 urgent")  # fmt: skip
OTHER = ("Mon 11:50-12:00 paid_rest; Mon 12:00-12:30 meal; Mon 12:30-12:40 paid_rest; "
         "Mon 15:00-16:00 patient_management")  # fmt: skip


def ask(row, visit, start, *, booked="", now="Thu 2025-05-01 09:00", need=ADULT,
        caseload=40, triggered=frozenset(), minutes=50, refused=()):  # fmt: skip
    week = BookedWeek(THERAPIST, date(2025, 5, 5), week_of(OPENINGS), week_of(OTHER),
                      week_of(booked), caseload, triggered)  # fmt: skip

    verdict = may_book(
        Visit(visit, moment(start), minutes),
        need,
        week,
        CONTRACT,
        CALENDAR,
        now=moment(now),
    )

    assert verdict.reasons == tuple(refused)
    assert verdict.allowed is not bool(refused)
    row(
        asks_for=f"{visit} {minutes} min, {start}",
        asked_on=now,
        already_booked=booked or "nothing",
        answer="refused: " + ", ".join(refused) if refused else "booked",
    )


def test_a_return_in_a_free_opening_is_booked(row):
    ask(row, "return", "Mon 2025-05-05 09:00")


def test_an_opening_that_is_taken_is_refused(row):
    ask(row, "return", "Mon 2025-05-05 09:00", booked="Mon 09:00-09:50 return",
        refused=["already_booked"])  # fmt: skip


def test_a_visit_outside_every_opening_is_refused(row):
    ask(row, "return", "Mon 2025-05-05 16:30", refused=["no_opening"])


def test_a_return_in_the_intake_opening_is_refused_while_it_is_reserved(row):
    ask(row, "return", "Mon 2025-05-05 13:00", refused=["reserved_intake"])


def test_a_return_gets_the_intake_opening_one_business_day_before(row):
    ask(row, "return", "Mon 2025-05-05 13:00", now="Fri 2025-05-02 09:00")


def test_a_return_in_the_urgent_opening_is_refused_while_it_is_reserved(row):
    ask(row, "return", "Mon 2025-05-05 14:00", refused=["reserved_urgent"])


def test_an_urgent_return_takes_the_urgent_opening(row):
    ask(row, "urgent", "Mon 2025-05-05 14:00")


def test_an_urgent_return_may_take_a_return_opening(row):
    ask(row, "urgent", "Mon 2025-05-05 10:00")


def test_an_intake_in_a_return_opening_is_refused(row):
    ask(row, "intake", "Mon 2025-05-05 09:00", minutes=60, refused=["no_opening"])


def test_a_fifth_patient_of_the_day_is_refused(row):
    ask(row, "urgent", "Mon 2025-05-05 14:00",
        booked="Mon 09:00-09:50 return; Mon 10:00-10:50 return; "
        "Mon 11:00-11:50 return; Mon 13:00-14:00 intake",
        refused=["visit_cap_daily"])  # fmt: skip


def test_a_day_already_over_its_cap_is_no_reason_on_another_day(row):
    ask(row, "return", "Mon 2025-05-05 09:00",
        booked="Tue 09:00-12:30 return x5; Tue 12:30-12:40 paid_rest")  # fmt: skip


def test_a_visit_shorter_than_agreed_is_refused(row):
    ask(row, "return", "Mon 2025-05-05 09:00", minutes=30, refused=["visit_length"])


def test_a_new_patient_at_the_caseload_cap_is_refused(row):
    ask(row, "intake", "Mon 2025-05-05 13:00", minutes=60, caseload=80,
        refused=["caseload_cap"])  # fmt: skip


def test_a_patient_in_treatment_is_never_refused_for_the_caseload(row):
    ask(row, "return", "Mon 2025-05-05 09:00", caseload=95)


def test_protected_time_is_refused(row):
    ask(row, "return", "Mon 2025-05-05 15:00",
        refused=["no_opening", "protected_hours"])  # fmt: skip


def test_protected_time_is_booked_where_the_contract_lets_it_go(row):
    ask(row, "return", "Mon 2025-05-05 15:00", triggered=frozenset({"access_missed"}))


def test_a_visit_in_the_past_is_refused(row):
    ask(row, "return", "Mon 2025-05-05 09:00", now="Mon 2025-05-05 09:00",
        refused=["in_the_past"])  # fmt: skip


def test_every_reason_is_given_at_once(row):
    ask(row, "return", "Mon 2025-05-05 12:00",
        need=Need("Los Angeles", "child", "vi", "therapy"),
        refused=["ages", "language", "no_opening", "meal"])  # fmt: skip
