"""Run the simulation's benchmark: ``python -m benchmarks`` or ``./dev bench``."""

from benchmarks.simulation.run import main

if __name__ == "__main__":
    main()
