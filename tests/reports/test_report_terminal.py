"""The table with which a comparison ends on a terminal."""

from __future__ import annotations

import io

from made_comparisons import ARMS, made_comparison, with_difference
from rich.console import Console

from caretime.measures.estimate import Estimate
from caretime.reports import print_summary


def printed(comparison, width=100):
    stream = io.StringIO()
    print_summary(comparison, Console(file=stream, width=width, color_system=None))
    return stream.getvalue()


def test_every_proposal_has_a_column_and_every_line_fits():
    text = printed(made_comparison())

    assert all(name in text for name in ("In force", "Union", "Employer", "Settlement"))
    assert max(len(line) for line in text.splitlines()) <= 100


def test_a_difference_within_chance_bears_the_sign_of_no_clear_difference():
    unclear = Estimate(0.4, -0.2, 1.0, 10)
    comparison = with_difference(
        made_comparison(arms=2), "within_intake", ARMS[1][0], unclear
    )

    text = printed(comparison)

    assert "+0.4 ≈" in text


def test_cost_says_more_or_less_and_takes_no_side():
    text = printed(made_comparison(arms=2))

    line = next(line for line in text.splitlines() if "+$30.3 million" in line)
    assert "✗" not in line
    assert "✓" not in line
