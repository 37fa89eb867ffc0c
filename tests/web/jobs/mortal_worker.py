"""
A worker that is killed at a moment of its life: ``mortal_worker.py MOMENT NUMBER``.

``MOMENT`` is leased, unsent, sent or recorded; ``NUMBER`` says at which message. It
dies by the signal that nobody can catch.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import django


def main(moment: str, number: int) -> None:
    django.setup()
    from caretime_web.channels.sending import SendingPolicy
    from caretime_web.jobs import _worker
    from caretime_web.jobs._ways import ways_of_environment

    begun = 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    class Mortal:
        def __init__(self, channel) -> None:
            self.channel, self.close = channel, channel.close

        def send(self, message):
            nonlocal begun
            begun += 1
            if (moment, begun) == ("unsent", number):
                die()
            outcome = self.channel.send(message)
            if (moment, begun) == ("sent", number):
                die()
            return outcome

    lease, record = _worker.lease, _worker.record

    def leased(*arguments, **other):
        taken = lease(*arguments, **other)
        if moment == "leased" and taken and begun + 1 >= number:
            die()
        return taken

    def recorded(*arguments):
        record(*arguments)
        if (moment, begun) == ("recorded", number):
            die()

    _worker.lease, _worker.record = leased, recorded
    channels = {way: Mortal(one) for way, one in ways_of_environment().items()}
    worker = _worker.Worker(
        channels,
        SendingPolicy(),
        batch=10,
        span=timedelta(seconds=3),
        clock=lambda: datetime(2026, 3, 3, 18, 30, tzinfo=UTC),
    )
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
