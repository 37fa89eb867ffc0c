"""
Run a benchmark: ``python -m benchmarks`` or ``./dev bench`` for the simulation's.

``python -m benchmarks rosters`` runs that of built weeks, ``matching`` that of matches.
"""

import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["rosters"]:
        from benchmarks.rosters.run import main

        main(sys.argv[2:])
    elif sys.argv[1:2] == ["matching"]:
        from benchmarks.matching.run import main

        main(sys.argv[2:])
    else:
        from benchmarks.simulation.run import main

        main()
