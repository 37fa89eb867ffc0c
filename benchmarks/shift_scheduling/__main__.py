"""Run the set: ``python -m benchmarks.shift_scheduling FOLDER``."""

from benchmarks.shift_scheduling.run import main

if __name__ == "__main__":
    main()
