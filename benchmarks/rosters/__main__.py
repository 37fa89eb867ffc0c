"""Run the rosters' benchmark: ``python -m benchmarks rosters``."""

from benchmarks.rosters.run import main

if __name__ == "__main__":
    main()
