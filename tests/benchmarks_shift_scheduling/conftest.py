"""A tiny instance in the set's format, and the way to the benchmarks."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

TINY = """\
# Comments start with #
SECTION_HORIZON
# The horizon length in days:
8

SECTION_SHIFTS
# ShiftID, Length in mins, Shifts which cannot follow this shift | separated
E,480,
L,600,E

SECTION_STAFF
# ID, MaxShifts, MaxTotalMinutes, MinTotalMinutes, MaxConsecutiveShifts, ...
A,E=8|L=2,2600,1000,3,2,2,1
B,E=8|L=0,2400,960,4,1,1,0

SECTION_DAYS_OFF
# EmployeeID, DayIndexes (start at zero)
A,0
B,3,4

SECTION_SHIFT_ON_REQUESTS
# EmployeeID, Day, ShiftID, Weight
A,2,L,4
B,1,E,2

SECTION_SHIFT_OFF_REQUESTS
A,3,L,3
B,0,E,1

SECTION_COVER
# Day, ShiftID, Requirement, Weight for under, Weight for over
0,E,1,10,1
1,E,1,10,1
1,L,1,10,1
2,L,1,10,1
3,E,0,10,1
3,L,1,10,1
5,E,1,10,2
6,E,1,10,1
7,E,2,10,1
7,L,0,10,1
"""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """Where the tiny instance lies: 2 employees, 8 days, 2 shifts."""
    path = tmp_path_factory.mktemp("set") / "Tiny.txt"
    path.write_text(TINY, encoding="utf-8")
    return path
