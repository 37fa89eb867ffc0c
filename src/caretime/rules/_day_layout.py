"""Lays one day of a template out: order of the work, meal, rests, quarter hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from caretime.model.calendar import MINUTES_PER_DAY
from caretime.model.week import Block
from caretime.rules.ledger import Ledger
from caretime.rules.week_terms import GRID, MEAL_AFTER

LONGEST = 120
"""Patient management is laid out in stretches of at most two hours."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One visit with what stands beside it, or one stretch of other work."""

    activity: str
    minutes: int
    notes: int = 0
    buffer: int = 0
    holds_rest: bool = False

    @property
    def slot(self) -> int:
        """Minutes it takes on the book."""
        return self.minutes + self.notes + self.buffer

    @property
    def on_grid(self) -> bool:
        """Whether it begins on a quarter hour."""
        return self.activity != "paid_rest" and self.slot % GRID == 0


@dataclass(slots=True)
class Day:
    """What one day holds, before its order is known."""

    index: int
    visits: list[Piece] = field(default_factory=list)
    work: list[Piece] = field(default_factory=list)
    management: int = 0
    held_rests: int = 0
    rests: int = 0
    rest_minutes: int = 0

    @property
    def minutes(self) -> int:
        """Paid minutes of the day."""
        pieces = sum(piece.slot for piece in self.visits + self.work)
        return pieces + self.management + self.rests * self.rest_minutes

    @property
    def holders(self) -> int:
        """Visits whose buffer can hold a paid rest."""
        return sum(visit.holds_rest for visit in self.visits)

    def count(self, activity: str) -> int:
        """Return how many pieces of an activity the day has."""
        return sum(p.activity == activity for p in self.visits + self.work)


@dataclass(slots=True)
class _Sheet:
    """The blocks of a day so far, and how much patient management is left."""

    start: int
    now: int
    management: int
    blocks: list[Block] = field(default_factory=list)
    tails: list[Block] = field(default_factory=list)
    meals: int = 0

    @property
    def worked(self) -> int:
        """Minutes since the day began, without meals."""
        return self.now - self.start - self.meals

    def put(self, activity: str, minutes: int) -> None:
        """Put minutes of an activity down, nothing if there are none."""
        if minutes <= 0:
            return
        self.blocks.append(Block(self.now, minutes, activity))
        self.now += minutes

    def manage(self, minutes: int) -> None:
        """Put patient management down, as far as there is any left."""
        minutes = min(minutes, self.management)
        self.management -= minutes
        last = self.blocks[-1] if self.blocks else None
        if last and (last.activity, last.end) == ("patient_management", self.now):
            minutes += last.minutes
            self.now = self.blocks.pop().start
        self.put("patient_management", minutes)

    def align(self) -> None:
        """Go on to a quarter hour, with patient management where some is left."""
        gap = -self.now % GRID
        self.manage(gap)
        self.now += -self.now % GRID


def lay_out(
    day: Day, weekday: int, start: int, ledger: Ledger, *, turn: int
) -> list[Block]:
    """Return the blocks of one day that begins ``start`` minutes after midnight."""
    first = weekday * MINUTES_PER_DAY + start
    sheet = _Sheet(first, first, day.management)
    total = day.minutes
    meal_due = total > MEAL_AFTER or ledger.minutes_of("meal") > 0
    for piece in _order(day, ledger, turn):
        late = sheet.worked + piece.slot > MEAL_AFTER
        if (
            meal_due
            and sheet.worked
            and (2 * sheet.worked + piece.slot > total or late)
        ):
            sheet.align()
            sheet.put("meal", ledger.meal_minutes)
            sheet.meals = ledger.meal_minutes
            meal_due = False
        _put_piece(sheet, piece)
    sheet.manage(sheet.management)
    return _with_held_rests(sheet, day)


def _put_piece(sheet: _Sheet, piece: Piece) -> None:
    if piece.activity == "patient_management":
        sheet.manage(piece.minutes)
        return
    if piece.on_grid:
        sheet.align()
    sheet.put(piece.activity, piece.minutes)
    sheet.put("notes", piece.notes)
    if piece.holds_rest:
        sheet.tails.append(Block(sheet.now, piece.buffer, "buffer"))
    sheet.put("buffer", piece.buffer)


def _order(day: Day, ledger: Ledger, turn: int) -> list[Piece]:
    visits = _mixed(day, turn)
    half = (len(visits) + 1) // 2
    aligned = [piece for piece in day.work if piece.on_grid]
    ragged = [piece for piece in day.work if not piece.on_grid]
    pieces = visits[:half] + aligned + visits[half:]
    first = _first_stretch(day, ledger)
    middle = min(half // 2, len(pieces))
    rest = Piece("paid_rest", day.rest_minutes)
    for i in range(day.rests - 1, 0, -1):
        pieces.insert((2 * i + 1) * len(pieces) // (2 * day.rests), rest)
    if first:
        pieces.insert(middle, Piece("patient_management", first))
    if day.rests:
        pieces.insert(middle, rest)
    pieces += _stretches(day.management - first)
    return pieces + ragged


def _mixed(day: Day, turn: int) -> list[Piece]:
    """Return the visits, intakes and groups turned through the day."""
    mixed = [visit for visit in day.visits if visit.activity == "return"]
    others = [visit for visit in day.visits if visit.activity != "return"]
    for j, visit in enumerate(others):
        mixed.insert((turn + 2 * day.index + 3 * j) % (len(mixed) + 1), visit)
    return mixed


def _first_stretch(day: Day, ledger: Ledger) -> int:
    """Return the minutes of patient management in the first half of the day."""
    slot = ledger.visits["return"].slot
    least = max(2 * GRID, ledger.minimum_block_minutes)
    if ledger.bookable_minutes and day.management >= slot:
        # A stretch that may become a visit must be as long as one; what is left of
        # the day must be long enough to count.
        left = day.management - slot
        return slot if left == 0 or left >= least else 0
    if day.management >= 2 * least:
        return max(day.management // 2, least) // GRID * GRID
    # A rest of its own needs a few minutes after it to reach a quarter hour.
    whole = day.management - day.rests * (-day.rest_minutes % GRID)
    return max(0, whole // GRID * GRID) if day.rests or whole % GRID == 0 else 0


def _stretches(minutes: int) -> Iterator[Piece]:
    while minutes > 0:
        yield Piece("patient_management", min(minutes, LONGEST))
        minutes -= LONGEST


def _with_held_rests(sheet: _Sheet, day: Day) -> list[Block]:
    """Turn the buffers nearest to the middle of each part into paid rests."""
    tails = list(sheet.tails)
    blocks = sheet.blocks
    for i in range(day.held_rests):
        part = (2 * i + 1) / (2 * day.held_rests)
        wished = sheet.start + part * (sheet.now - sheet.start)
        tail = _nearest(tails, wished)
        tails.remove(tail)
        blocks.remove(tail)
        blocks.append(Block(tail.start, day.rest_minutes, "paid_rest"))
        if left := tail.minutes - day.rest_minutes:
            blocks.append(Block(tail.start + day.rest_minutes, left, "buffer"))
    return sorted(blocks)


def _nearest(blocks: list[Block], moment: float) -> Block:
    return min(blocks, key=lambda block: abs(block.start - moment))
