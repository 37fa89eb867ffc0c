"""Run the benchmark of mail: ``python -m benchmarks.mail [messages]``."""

import sys

from benchmarks.mail.run import main

if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3_000)
