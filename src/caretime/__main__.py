"""Lets ``python -m caretime`` run the command line."""

from caretime.cli import main

if __name__ == "__main__":
    main()
