"""The texts: complete in every language, neutral, short, and plain to read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from caretime_web.channels.segments import segments
from caretime_web.channels.wording import (
    LANGUAGES,
    PURPOSES,
    REPLIES,
    Particulars,
    closest,
    day_of,
    read_texts,
    reply_text,
    unreviewed,
    wording,
)

LINK = "https://desk.example.org/a/AbCdEfGhIjKlMnOpQrStUv"
"""A token of 128 bits in an address of usual length."""

TOLD = Particulars(
    sender="Care Scheduling",
    phone="(213) 555-0100",
    zone=ZoneInfo("America/Los_Angeles"),
    link=LINK,
    start=datetime(2026, 9, 30, 19, 30, tzinfo=UTC),
    until=date(2026, 9, 23),
)

# One message where seven bits are enough; where they are not, 67 signs are one.
MOST_SEGMENTS = {"en": 1, "tl": 2, "zh-Hant": 2, "zh-Hans": 2}

CLINICAL = {
    "en": "therap|mental|psych|counsel|patient|treat|clinic|diagnos|doctor|session",
    "es": "terap|mental|psic|psiq|paciente|tratamiento|clínic|diagn|doctor|sesión",
    "zh-Hant": "治療|心理|精神|輔導|諮商|診|醫|病",
    "zh-Hans": "治疗|心理|精神|辅导|咨询|诊|医|病",
    "vi": "trị liệu|tâm lý|tâm thần|bệnh|bác sĩ|điều trị|khám",
    "ko": "치료|정신|심리|상담|환자|진료|병원|의사",
    "tl": "therap|mental|sikolo|pasyente|paggamot|klinika|doktor|sesyon",
    "hy": "թերապ|հոգե|հիվանդ|բուժ|բժիշկ|կլինիկ|ախտոր",
    "fa": "درمان|روان|بیمار|پزشک|دکتر|کلینیک|مشاور|تشخیص",
}

LOANS = {"text", "appointment", "stop", "start", "mensahe"}


def all_texts(language: str) -> dict[str, str]:
    """Every text of a language by its place in the file."""
    found: dict[str, str] = {}

    def walk(part, place):
        if isinstance(part, dict):
            for key, inner in part.items():
                walk(inner, f"{place}/{key}")
        elif isinstance(part, list):
            for number, inner in enumerate(part):
                walk(inner, f"{place}/{number}")
        else:
            found[place] = part

    for part in ("frame", "messages", "replies"):
        walk(read_texts(language)[part], part)
    return found


def gaps(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", " ", text).lower()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_with_the_same_gaps(language):
    english = {place: gaps(text) for place, text in all_texts("en").items()}

    own = {place: gaps(text) for place, text in all_texts(language).items()}

    assert own == english
    assert read_texts(language)["language"] == language
    assert set(read_texts(language)["messages"]) == set(PURPOSES)
    assert set(read_texts(language)["replies"]) == set(REPLIES)


def test_every_file_of_texts_is_a_language_and_says_who_reviewed_it():
    assert unreviewed() == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_english_is_left_in_another_language(language):
    texts = " ".join(all_texts(language).values())

    if language in ("es", "vi", "tl"):
        english = {
            word
            for text in all_texts("en").values()
            for word in words(text)
            if word[3:]
        }
        assert (words(texts) & english) - LOANS == set()
    else:
        without_gaps = re.sub(r"\{\w+\}", " ", texts)
        assert set(re.findall("[A-Za-z]+", without_gaps)) == {"STOP", "START"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_tells_of_the_kind_of_care(language):
    for place, text in all_texts(language).items():
        assert not re.search(CLINICAL[language], text, re.IGNORECASE), place


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_message_has_one_link_and_says_whom_to_call(language):
    for purpose in PURPOSES:
        told = wording(purpose, language, TOLD)

        links = 0 if purpose == "call_us" else 1
        assert told.short.count(LINK) == links, purpose
        assert told.text.count(LINK) == links, purpose
        assert TOLD.phone in told.short, purpose
        assert TOLD.phone in told.text, purpose
        assert LINK not in told.subject, purpose


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_ends_where_a_telephone_thinks_it_ends(language):
    for purpose in PURPOSES:
        told = wording(purpose, language, TOLD)
        for text in (told.short, told.text):
            for after in re.findall(re.escape(LINK) + "(.?)", text, re.DOTALL):
                assert after in ("", " ", "\n"), (purpose, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_message_is_short_on_every_day_of_the_week_and_month(language):
    days = [datetime(2026, 1, 28, 20, 30, tzinfo=UTC) + timedelta(d) for d in range(7)]
    days += [datetime(2026, m, 30, 20, 30, tzinfo=UTC) for m in range(3, 13)]
    most = MOST_SEGMENTS.get(language, 3)

    for start in days:
        told = Particulars(
            TOLD.sender, TOLD.phone, TOLD.zone, LINK, start, start.date()
        )
        for purpose in PURPOSES:
            short = wording(purpose, language, told).short
            assert segments(short).count <= most, short
            first = wording(purpose, language, told, opt_out=True).short
            assert segments(first).count <= most + 1, first


def test_english_goes_in_seven_bits():
    for purpose in PURPOSES:
        assert segments(wording(purpose, "en", TOLD).short).encoding == "gsm-7"
    for reply in REPLIES:
        assert segments(reply_text(reply, "en", TOLD)).count == 1


def grade(text: str) -> float:
    """Flesch-Kincaid grade, with syllables counted by groups of vowels."""
    sentences = [s for s in re.split(r"[.:!?]\s+|[.:!?]$", text) if s.strip()]
    spoken = [w for s in sentences for w in re.findall(r"[a-z']+", s.lower())]
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e$", "", word))))
        for word in spoken
    )
    return 0.39 * len(spoken) / len(sentences) + 11.8 * syllables / len(spoken) - 15.59


def test_the_grade_is_reckoned_as_its_authors_did():
    # 11 words, 1 sentence, 15 syllables: 0.39 x 11 + 11.8 x 15 / 11 - 15.59 = 4.79
    assert grade(
        "We can hold a table in the garden for you tomorrow."
    ) == pytest.approx(4.79, abs=0.01)


def test_english_is_plain_enough_for_the_sixth_grade():
    said = dict(day="May 1", time="9", until="May 2", phone="us", link="", sender="We")
    for place, text in all_texts("en").items():
        if place.startswith("messages") and place.endswith("body/0"):
            purpose = place.split("/")[1]
            body = read_texts("en")["messages"][purpose]["body"]
            text = " ".join(part.format_map(said) for part in body)
            assert grade(text) <= 6, (purpose, text)


@pytest.mark.parametrize(
    ("language", "day", "time"),
    [
        ("en", "Wednesday, September 30", "12:30 PM"),
        ("es", "miércoles 30 de septiembre", "12:30 p.m."),
        ("zh-Hant", "9月30日星期三", "下午12:30"),
        ("zh-Hans", "9月30日星期三", "下午12:30"),
        ("vi", "Thứ Tư, 30 tháng 9", "12:30"),
        ("ko", "9월 30일 수요일", "오후 12:30"),
        ("tl", "Miyerkules, Setyembre 30", "12:30 PM"),
        ("hy", "սեպտեմբերի 30, չորեքշաբթի", "12:30"),
        ("fa", "چهارشنبه ۳۰ سپتامبر", "۱۲:۳۰"),
    ],
)
def test_days_and_times_are_told_as_the_language_tells_them(language, day, time):
    text = wording("canceled", language, TOLD).text

    assert day in text
    assert time in text
    assert day_of(date(2026, 9, 30), language) == day


def test_a_time_is_told_in_the_patients_own_zone():
    eastern = Particulars("Us", "911", ZoneInfo("America/New_York"), LINK, TOLD.start)

    assert "3:30 PM" in wording("canceled", "en", eastern).short
    assert "12:30 PM" in wording("canceled", "en", TOLD).short


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_punctuation_is_doubled_and_no_gap_is_left(language):
    for purpose in PURPOSES:
        told = wording(purpose, language, TOLD, opt_out=True)
        for text in (told.subject, told.short, told.text):
            # Only the Spanish half of a day may end in a full stop and go on.
            plain = re.sub(r"p\.m\.(?=,)", "pm", text)
            assert not re.search(r"[.,:;!?،։。，：]\s?[.,;!?،։。，：]", plain), text
            assert not re.search(r"[{}]|  ", text), text


def test_farsi_runs_from_the_right_and_keeps_numbers_together():
    told = wording("offer", "fa", TOLD)

    assert told.direction == "rtl"
    assert f"\u2066{TOLD.phone}\u2069" in told.short
    assert f"\n{LINK}\n" in told.short
    # The first strong letter outside isolates decides which way a telephone reads.
    outside = re.sub("\u2066[^\u2069]*\u2069", "", told.short)
    assert re.search(r"[^\W\d_]", outside)[0] >= "\u0600"


def test_what_is_missing_is_named():
    bare = Particulars("Us", "911", TOLD.zone)

    with pytest.raises(ValueError, match="nothing given for day, link, time, until"):
        wording("offer", "en", bare)
    with pytest.raises(ValueError, match="unknown purpose 'hello'"):
        wording("hello", "en", bare)
    naive = Particulars("Us", "911", TOLD.zone, LINK, TOLD.start.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no time zone"):
        wording("canceled", "en", naive)
    with pytest.raises(ValueError, match="unknown reply"):
        reply_text("maybe", "en", bare)


@pytest.mark.parametrize(
    ("tag", "ours"),
    [("zh", "zh-Hant"), ("yue", "zh-Hant"), ("zh_CN", "zh-Hans"), ("ase", "en")],
)
def test_a_language_without_texts_gets_the_nearest(tag, ours):
    assert closest(tag) == ours


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("a" * 161, "gsm-7", 2),
        ("a" * 306, "gsm-7", 2),
        ("a" * 307, "gsm-7", 3),
        ("€" * 80, "gsm-7", 1),
        # 153 units hold 76 signs of two: 152 signs fit in two segments, not 153.
        ("€" * 152, "gsm-7", 2),
        ("€" * 153, "gsm-7", 3),
        ("您" * 70, "ucs-2", 1),
        ("您" * 135, "ucs-2", 3),
        # 67 units hold 33 signs outside the basic plane: 67 of them need three.
        ("😀" * 66, "ucs-2", 2),
        ("😀" * 67, "ucs-2", 3),
        ("", "gsm-7", 1),
    ],
)
def test_segments_are_counted_as_a_carrier_counts_them(text, encoding, count):
    counted = segments(text)

    assert (counted.encoding, counted.count) == (encoding, count)
