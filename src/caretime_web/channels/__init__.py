"""
Ways out of the house: send one message, or say plainly why it was not sent.

A channel takes an ``Outgoing`` and returns ``Sent`` or ``Failed``. It knows no
database, no patient and no rule of who is told what: names and addresses come in at
the last moment and stay in no log.
"""

from caretime_web.channels.outcome import FAILURES, Channel, Failed, Outgoing, Sent

__all__ = ["FAILURES", "Channel", "Failed", "Outgoing", "Sent"]
