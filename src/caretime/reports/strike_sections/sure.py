"""How sure: what is drawn, what others must agree to, what is judged by weeks."""

from __future__ import annotations

from collections.abc import Iterator

from caretime.model.affected import Affected
from caretime.reports import strike_words as words
from caretime.reports.markup import Markup, element, join
from caretime.reports.strike_tally import Tally
from caretime.reports.strike_words import count
from caretime.reports.tabular import table


def sure(tally: Tally, affected: Affected | None) -> Markup:
    """Write the section."""
    return join(
        element(
            "ul",
            [element("li", text) for text in _said(tally, affected)],
            class_="sure",
        ),
        _range(affected),
    )


def _said(tally: Tally, affected: Affected | None) -> Iterator[str]:
    incident = tally.plan.incident
    if incident.clinician_ids:
        yield "Who is away is a named list, so it is known."
    else:
        yield (
            "Who is away is drawn: the incident gives a share of the clinicians for "
            f"each week ({_shares(incident.shares)}), and this plan is one draw (seed "
            f"{tally.plan.seed}). Other draws touch other patients. Once it is known "
            "who is away, plan again."
        )
    if incident.shares_low and incident.shares_high:
        yield (
            f"The share could be as low as {_shares(incident.shares_low)} or as high "
            f"as {_shares(incident.shares_high)}. The plan is made for the middle."
        )
    yield from _acceptance(tally)
    yield (
        "Whether a patient agrees to somebody else is the patient's choice. Offers "
        "that are declined are planned again, and what others were offered is kept."
    )
    yield (
        "Risk tiers, languages and consent come from the record. Where the record is "
        "wrong the plan is wrong with it."
    )
    if incident.open_ended:
        yield (
            "The end of the incident is open. The plan covers "
            f"{count(tally.plan.weeks, 'week')} and must be made again after that."
        )
    if affected is not None and affected.supervision:
        lost = sum(one.sidelined for one in affected.supervision)
        yield (
            f"{count(lost, 'associate')} are counted as away only because their "
            "supervisor is. A stand-in supervisor would bring them back."
        )


def _shares(shares: tuple[float, ...]) -> str:
    """
    Write the path of shares, a week that repeats once.

    >>> _shares((0.6, 0.6)).split(), _shares((0.6, 0.5)).split()
    (['60', '%'], ['60', '%,', 'then', '50', '%'])
    """
    kept = [s for k, s in enumerate(shares) if not k or s != shares[k - 1]]
    return ", then ".join(f"{100 * share:.0f}\u00a0%" for share in kept)


def _acceptance(tally: Tally) -> Iterator[str]:
    """Say how many network placements are likely to fall through."""
    accepts = {t.therapist_id: t.acceptance for t in tally.system.network}
    asked = [
        accepts.get(match.substitute_id, 1.0)
        for match in tally.plan.matching.matches
        if match.kind == "network"
    ]
    if asked:
        lost = round(sum(1 - share for share in asked))
        yield (
            f"Network therapists do not take on everybody who is sent. If they take "
            f"on the share they did before, about {lost:,} of the {len(asked):,} "
            "network placements fall through and must be planned again."
        )


def _range(affected: Affected | None) -> Markup | None:
    """Set the totals beside their ranges, where they were worked out."""
    if affected is None:
        return None
    found = affected.range
    columns = [
        (title, totals)
        for title, totals in (
            ("This plan", affected.totals),
            ("Low path", found.low),
            ("High path", found.high),
            (f"Lowest tenth of {found.draws} draws", found.tenth),
            (f"Highest tenth of {found.draws} draws", found.ninetieth),
        )
        if totals is not None
    ]
    if len(columns) < 2:
        return None
    names = {
        "clinicians": "Clinicians away",
        "people": "Patients affected",
        "highest_risk": f"Of the {words.TIERS[1]} tier",
        "booked": "Booked visits and seats",
        "due": "Due, not booked yet",
        "sessions": "Group sessions",
    }
    return table(
        "What the incident touches, and how far that could be off",
        ("", *(title for title, _ in columns)),
        [
            [title, *(f"{getattr(totals, name):,}" for _, totals in columns)]
            for name, title in names.items()
        ],
        kind="numbers columns",
    )
