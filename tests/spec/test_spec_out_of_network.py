"""
Care outside the network: when it must be arranged, and what is due when.

28 CCR 1300.74.72. Everything runs from the initial request: the search inside the
network uses up the same days.
"""

from steward import CALENDAR, by_id, moment, note, written

from caretime.model.request import Offer, Request
from caretime.rules.out_of_network import details_by, out_of_network_duty

INTAKE = "ca-intake"


def ask(row, *, now, inside=None, offered=None, extension=None, standard_id=INTAKE,
        starts="Mon 2025-05-05 09:00", says, notice_by="2025-05-10",
        appointment_by="2025-05-19 23:59"):  # fmt: skip
    offers = (Offer(moment(starts), moment(offered)),) if offered else ()
    request = Request(
        moment(starts), offers, extensions=(extension,) if extension else ()
    )

    duty = out_of_network_duty(
        by_id(standard_id),
        request,
        CALENDAR,
        earliest_in_network=moment(inside) if inside else None,
        now=moment(now),
    )

    assert duty.reason == says
    assert duty.arises is (says == "none_in_time")
    assert f"{duty.notice_by:%Y-%m-%d}" == notice_by
    assert f"{duty.appointment_by:%Y-%m-%d %H:%M}" == appointment_by
    row(
        requested=starts,
        asked_on=now,
        earliest_inside=inside or "none",
        on_record=written(extension) if extension else offered or "–",
        answer=says.replace("_", " "),
        notice_by=notice_by,
        appointment_by=appointment_by,
    )


def test_nothing_inside_means_outside_from_the_first_day(row):
    ask(row, now="Mon 2025-05-05 10:00", says="none_in_time")


def test_an_opening_inside_on_the_last_day_will_do(row):
    ask(row, now="Mon 2025-05-05 10:00", inside="Mon 2025-05-19 16:00",
        says="fits_in_network")  # fmt: skip


def test_an_opening_inside_a_day_too_late_will_not_do(row):
    ask(row, now="Mon 2025-05-05 10:00", inside="Tue 2025-05-20 08:00",
        says="none_in_time")  # fmt: skip


def test_an_offer_already_made_in_time_ends_the_search(row):
    ask(row, now="Tue 2025-05-06 10:00", offered="Fri 2025-05-16 09:00", says="met")


def test_a_clinicians_note_lifts_the_duty_from_the_moment_it_is_made(row):
    ask(row, now="Mon 2025-05-12 10:01",
        extension=note("LCSW", "Mon 2025-05-12 10:00"), says="excepted")  # fmt: skip


def test_a_note_reaches_no_further_than_it_says(row):
    ask(row, now="Mon 2025-05-12 10:01", inside="Tue 2025-06-03 09:00",
        extension=note("LCSW", "Mon 2025-05-12 10:00", until="Fri 2025-05-30 17:00"),
        says="none_in_time")  # fmt: skip


def test_urgent_care_outside_is_due_within_48_hours(row):
    ask(row, now="Fri 2025-05-02 19:00", starts="Fri 2025-05-02 18:00",
        standard_id="ca-urgent", inside="Mon 2025-05-05 08:00", says="none_in_time",
        notice_by="2025-05-07", appointment_by="2025-05-04 18:00")  # fmt: skip


def test_a_psychiatrist_outside_is_due_within_fifteen_business_days(row):
    ask(row, now="Mon 2025-05-05 10:00", standard_id="ca-psychiatrist",
        says="none_in_time", appointment_by="2025-05-27 23:59")  # fmt: skip


def test_details_are_due_a_day_after_scheduling():
    due = details_by("california", moment("Mon 2025-05-05 10:00"), CALENDAR)

    assert due == moment("Tue 2025-05-06 10:00")


def test_care_the_member_arranges_has_ninety_days():
    duty = out_of_network_duty(
        by_id(INTAKE),
        Request(moment("Mon 2025-05-05 09:00")),
        CALENDAR,
        earliest_in_network=None,
        now=moment("Mon 2025-05-05 10:00"),
    )

    assert f"{duty.member_may_arrange_by:%Y-%m-%d}" == "2025-08-03"
