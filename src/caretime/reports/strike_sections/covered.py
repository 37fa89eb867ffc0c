"""How they are covered: from risk tier to outcome, near or by video, at what price."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from caretime.model.matching import Match
from caretime.reports import strike_words as words
from caretime.reports import wording
from caretime.reports.markup import Markup, element, join
from caretime.reports.strike_flow import flow_svg
from caretime.reports.strike_tally import HOUSE_IN_TIME, NETWORK_LATER, Tally
from caretime.reports.strike_words import count, of_hundred
from caretime.reports.tabular import details, table

WIDE, PHONE = 700, 350


def covered(tally: Tally) -> Markup:
    """Write the section."""
    return join(
        element(
            "p",
            "A course of visits goes as a whole to one substitute, in-house first, "
            "then the network. Every pair was checked for license, need, age group, "
            "language, supervision, distance or consent to video, risk tier, payer "
            "and, where stated, gender.",
        ),
        _flow(tally),
        element("ul", [element("li", text) for text in _ways(tally)]),
    )


def _flow(tally: Tally) -> Markup:
    counts = tally.by_tier()
    told = (
        "Ribbons from the three risk tiers to what becomes of the patients; the table "
        "below has every number."
    )
    pictures = [
        flow_svg(counts, width=width, name=f"flow-{size}", description=told)
        for width, size in ((WIDE, "wide"), (PHONE, "narrow"))
    ]
    return element(
        "figure",
        element(
            "figcaption",
            element("h3", "Who goes where?"),
            element(
                "p",
                "Left: patients whose clinician is away, by risk tier. Right: what the "
                "plan does for them.",
                class_="unit",
            ),
        ),
        element("div", pictures, class_="chart"),
        details("The numbers", _table(tally)),
        id="flow",
    )


def _table(tally: Tally) -> Markup:
    counts = tally.by_tier()
    rows = [
        [
            title,
            *(f"{int(counts[k, n]):,}" for k in range(3)),
            f"{counts[:, n].sum():,}",
        ]
        for n, title in enumerate(words.OUTCOMES)
    ]
    totals = counts.sum(axis=1)
    rows.append(["All", *(f"{int(n):,}" for n in totals), f"{int(totals.sum()):,}"])
    return table(
        "Patients by outcome and risk tier",
        ("Outcome", *(f"{words.opened(t)} tier" for t in words.TIERS.values()), "All"),
        rows,
        kind="numbers columns",
    )


def _ways(tally: Tally) -> list[str]:
    """Say how the placed are seen: by video, how far, with whom, at what price."""
    placed = [m for m in tally.plan.matching.matches if m.outcome == "placed"]
    if not placed:
        return ["Nobody is placed with a substitute."]
    video = sum(match.telehealth for match in placed)
    said = [
        f"{video:,} of the {len(placed):,} who have somebody are seen by video or "
        f"telephone ({of_hundred(video, len(placed))})."
    ]
    near = [match.miles for match in placed if not match.telehealth]
    if near:
        said.append(
            f"Of the {len(near):,} who are seen in person, half have at most "
            f"{wording.number(median(near), places=0)} miles to go, as the crow flies, "
            f"and nobody more than {wording.number(max(near), places=0)}."
        )
    if tally.number(*range(HOUSE_IN_TIME, NETWORK_LATER + 1)):
        takers = len({match.substitute_id for match in placed})
        said.append(f"{count(takers, 'substitute')} take somebody on.")
    price = _price(tally, placed)
    return [*said, price] if price else said


def _price(tally: Tally, placed: Sequence[Match]) -> str:
    """Say what the network visits of the plan cost at the therapists' prices."""
    prices = {t.therapist_id: t.price_per_visit_cents for t in tally.system.network}
    outside = [match for match in placed if match.kind == "network"]
    visits = sum(len(match.weeks) for match in outside)
    if not visits:
        return ""
    cents = sum(len(m.weeks) * prices.get(m.substitute_id, 0) for m in outside)
    return (
        f"The {visits:,} network visits of this plan cost "
        f"{wording.dollars(cents)} at the therapists' own prices."
    )
