"""The simulation against SimPy, Ciw and C; its growth; the whole of a system."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[2] / "tests" / "simulation"
"""The peer programs live beside the tests that hold the engine to them."""

sys.path.insert(0, str(TESTS))
