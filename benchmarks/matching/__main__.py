"""Run the benchmark of matches: ``python -m benchmarks matching``."""

from benchmarks.matching.run import main

if __name__ == "__main__":
    main()
