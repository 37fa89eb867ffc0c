"""When a clinician's note that a person may wait longer counts."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from caretime.model.request import Extension, Request
from caretime.model.standards import Standard
from caretime.tables import rows

FLAWS = (
    "not_in_profile",
    "wrong_clock",
    "author_not_licensed",
    "not_cosigned",
    "no_time",
    "no_note",
    "noted_after_limit",
    "reached_after_extension",
)
"""Why an extension does not count; the first that applies is given. The last is
found by ``access.judge``, which knows how long the wait became."""


def flaw(
    extension: Extension, standard: Standard, *, lapses_at: datetime
) -> str | None:
    """
    Say why an extension on record does not count, or ``None`` when it does.

    Parameters
    ----------
    lapses_at
        Last moment within the limit; a note made later excuses nothing.

    Notes
    -----
    The regulation asks for a licensed professional acting within scope who *has
    determined and noted* that waiting does no harm [1]_. Our readings: an
    associate practises under a license that is not their own, so the note needs a
    supervisor's signature; a certified counselor holds no license; and *has noted*
    means before the limit passed, because a note made afterwards would turn every
    breach into an exception.

    References
    ----------
    .. [1] California Code of Regulations, title 28, section 1300.67.2.2.
    """
    clocks = exception_clocks(standard.profile)
    if extension.kind not in clocks:
        return "not_in_profile"
    if standard.clock not in clocks[extension.kind]:
        return "wrong_clock"
    signing = signature_flaw(extension.license, extension.cosigned_by)
    if signing:
        return signing
    if extension.noted_at is None:
        return "no_time"
    if not extension.note.strip():
        return "no_note"
    if extension.noted_at > lapses_at:
        return "noted_after_limit"
    return None


def signature_flaw(license_code: str, cosigned_by: str = "") -> str | None:
    """
    Say why this author's signature does not count, or ``None`` when it does.

    >>> signature_flaw("LCSW"), signature_flaw("scheduler")
    (None, 'author_not_licensed')
    >>> signature_flaw("ASW"), signature_flaw("ASW", cosigned_by="LCSW")
    ('not_cosigned', None)
    """
    signs = _signatures().get(license_code, "no")
    if signs == "no":
        return "author_not_licensed"
    if signs == "alone" or _signatures().get(cosigned_by) == "alone":
        return None
    return "not_cosigned"


def extended_to(
    request: Request, standard: Standard, *, lapses_at: datetime, moment: datetime
) -> tuple[Extension | None, tuple[str, ...]]:
    """
    Return the extension that reaches furthest, and the flaws of all others.

    Notes made after ``moment`` are not known yet. One without a stated day reaches
    further than any with one.
    """
    valid: list[Extension] = []
    flaws: list[str] = []
    for extension in request.extensions:
        if extension.noted_at is not None and extension.noted_at > moment:
            continue
        found = flaw(extension, standard, lapses_at=lapses_at)
        if found is None:
            valid.append(extension)
        else:
            flaws.append(found)
    open_ended = [e for e in valid if e.extends_to is None]
    if open_ended:
        return open_ended[0], tuple(flaws)
    dated = sorted(valid, key=lambda e: e.extends_to or lapses_at)
    return (dated[-1] if dated else None), tuple(flaws)


def reaches(extension: Extension, moment: datetime) -> bool:
    """Say whether a start, or a wait up to now, is no later than the author said."""
    return extension.extends_to is None or moment <= extension.extends_to


@cache
def exception_clocks(profile: str) -> dict[str, frozenset[str]]:
    """
    Return the exceptions of a profile and the clocks each one reaches.

    >>> sorted(exception_clocks("california")["scheduled_ahead"])
    ['follow_up']
    """
    return {
        row["kind"]: frozenset(row["clocks"].split())
        for row in rows("wait_exceptions")
        if row["profile"] == profile
    }


@cache
def _signatures() -> dict[str, str]:
    """Whether each license signs ``alone``, ``cosigned`` or not at all."""
    return {row["license"]: row["signs"] for row in rows("signers")}
