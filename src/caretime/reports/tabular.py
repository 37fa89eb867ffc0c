"""Tables that turn into cards on a phone and repeat their heads in print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caretime.reports.markup import Child, Markup, element


def table(
    caption: Child,
    heads: Sequence[str],
    rows: Iterable[Sequence[Child]],
    *,
    kind: str = "",
    labels: Sequence[str] = (),
) -> Markup:
    """
    Write a table whose first cell in each row names the row.

    Roles are written out because a table laid out as cards loses its own; each
    cell carries its column's head for the card.

    Parameters
    ----------
    caption
        What the table answers; shown above it.
    heads
        One a column.
    rows
        As many cells as heads; a row of one cell is a group heading.
    kind
        Extra class names, for instance ``numbers``.
    labels
        Shorter heads for the cards, where the heads are long.

    Examples
    --------
    >>> "<caption>Cost</caption>" in table("Cost", ("Part", "A"), [("Wages", "3")])
    True
    """
    head = element(
        "tr",
        [element("th", text, scope="col", role="columnheader") for text in heads],
        role="row",
    )
    return element(
        "table",
        element("caption", caption),
        element("thead", head, role="rowgroup"),
        element("tbody", [_row(row, labels or heads) for row in rows], role="rowgroup"),
        role="table",
        class_=f"cards {kind}".strip(),
    )


def details(summary: str, *children: Child) -> Markup:
    """Write a fold with its summary line."""
    return element("details", element("summary", summary), *children)


def _row(cells: Sequence[Child], heads: Sequence[str]) -> Markup:
    if len(cells) == 1:
        heading = element(
            "th", cells[0], colspan=len(heads), scope="rowgroup", role="rowheader"
        )
        return element("tr", heading, role="row", class_="group")
    first = element("th", cells[0], scope="row", role="rowheader")
    rest = [
        element("td", cell, role="cell", data_label=head)
        for head, cell in zip(heads[1:], cells[1:], strict=True)
    ]
    return element("tr", first, rest, role="row")
