"""Groups whose leader is away."""

from __future__ import annotations

import numpy as np

from caretime.measures.suppression import hidden_rows
from caretime.model.incident import GROUP_COVERS
from caretime.reports import strike_words as words
from caretime.reports.markup import Child, Markup, element, join
from caretime.reports.strike_sections.breakdown import hidden_cell
from caretime.reports.strike_tally import Tally, often
from caretime.reports.strike_words import count
from caretime.reports.tabular import table


def group_care(tally: Tally) -> Markup | None:
    """Write the section, or nothing where no group lost its leader."""
    groups = tally.plan.groups
    if not groups:
        return None
    members = [
        sum(len(group.patient_ids) for group in groups if group.cover == cover)
        for cover in GROUP_COVERS
    ]
    hidden = hidden_rows(np.array(members, np.int64).reshape(-1, 1)).tolist()
    rows: list[list[Child]] = []
    for cover, many, is_hidden in zip(GROUP_COVERS, members, hidden, strict=True):
        found = [group for group in groups if group.cover == cover]
        rows.append(
            [
                words.COVERS[cover],
                f"{len(found):,}",
                f"{sum(len(group.sessions) for group in found):,}",
                hidden_cell() if is_hidden else f"{many:,}",
            ]
        )
    reasons = often(group.reason for group in groups if group.cover == "none")
    seats = sum(len(group.patient_ids) for group in groups)
    return join(
        element(
            "p",
            f"{count(len(groups), 'group')} with {seats:,} seats lost the leader. A "
            "group goes as a whole: to its co-leader, else to somebody who leads "
            "groups and may treat its members, else it does not meet. Members who see "
            "a clinician on their own as well also stand among the patients above.",
        ),
        table(
            "Groups whose leader is away",
            ("What happens", "Groups", "Sessions", "Seats"),
            rows,
            kind="numbers columns",
        ),
        element(
            "p",
            "Why nobody leads them: "
            + "; ".join(
                f"{words.reason_words(code)} ({number:,})" for code, number in reasons
            )
            + ".",
        )
        if reasons
        else None,
    )
