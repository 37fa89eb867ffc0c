"""
Send what is due: ``python -m caretime_web.jobs.send``.

Several may run side by side. One that is told to end finishes the message in hand
and gives the others back; one that is killed loses nothing, for what it had taken is
taken again when its time is over.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence

from caretime_web.channels.sending import SendingPolicy
from caretime_web.jobs._ways import ways_of_environment
from caretime_web.jobs.desk import open_desk


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one worker; return 0, or 2 where the ways out are not set up soundly.

    With ``--once`` it ends when nothing is due.
    """
    parser = argparse.ArgumentParser(
        prog="python -m caretime_web.jobs.send", description="Send what is due."
    )
    parser.add_argument(
        "--once", action="store_true", help="end when nothing is due any more"
    )
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        channels = ways_of_environment()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    with open_desk():
        # Django's models can be imported only now.
        from caretime_web.jobs._worker import Worker

        worker = Worker(channels, SendingPolicy())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run(once=asked.once)
        told = ", ".join(f"{what} {n}" for what, n in sorted(worker.counts.items()))
        logging.getLogger("caretime.send").info("ended: %s", told or "nothing due")
    return 0


if __name__ == "__main__":
    sys.exit(main())
