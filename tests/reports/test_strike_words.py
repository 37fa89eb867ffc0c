"""Every code of the closed lists has words, and the words are plain."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from made_plans import made_plan, made_proof

from caretime.matching.explain import REASONS, RELAXATIONS
from caretime.model.incident import GROUP_COVERS
from caretime.model.strike import CONTACT_REASONS, UNTIMED_REASONS
from caretime.reports import strike_words as words
from caretime.reports.strike import strike_page

GRADE = 9.0


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (REASONS, words.REASONS),
        (RELAXATIONS, words.RELAXATIONS),
        (CONTACT_REASONS, words.CONTACTS),
        (UNTIMED_REASONS, words.UNTIMED),
        (GROUP_COVERS, words.COVERS),
    ],
    ids=["reasons", "relaxations", "contacts", "untimed", "groups"],
)
def test_every_code_has_words_and_no_words_are_left_over(codes, said):
    assert set(said) == set(codes)


def test_a_new_code_is_still_readable():
    assert words.reason_words("no_chair") == "no chair"


class Prose(HTMLParser):
    """Collects the text of paragraphs and list items."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.said: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ("p", "li"):
            self.depth += 1
            self.said.append("")

    def handle_endtag(self, tag):
        self.depth -= tag in ("p", "li")

    def handle_data(self, data):
        if self.depth:
            self.said[-1] += data


def syllables(word):
    found = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le")
    return max(1, found - silent)


def test_the_page_reads_at_about_eighth_grade():
    plan, system = made_plan(600)
    prose = Prose()
    prose.feed(strike_page(plan, system, proof=made_proof(plan)))
    text = [said for said in prose.said if len(said.split()) > 5]

    sentences = [s for said in text for s in re.split(r"[.:;?]\s", said) if s.split()]
    spoken = [w for s in sentences for w in re.findall(r"[A-Za-z']+", s)]
    grade = (
        0.39 * len(spoken) / len(sentences)
        + 11.8 * sum(map(syllables, spoken)) / len(spoken)
        - 15.59
    )

    # Flesch-Kincaid grade, syllables counted by groups of vowels.
    assert grade < GRADE
