"""
Keyed random numbers: a draw is a hash of who draws, what for, and which time.

There is no state. The draw for visit 3 of referral 812 in replication 5 is the
same number whatever the contract, the number of workers or the order of events,
so two contracts differ only by what they change (common random numbers).

An entity's *key* is a SplitMix64 hash of seed, replication, kind and id; its
draws are the outputs of a SplitMix64 generator started at that key, read at the
position ``purpose * 2**32 + index`` [1]_.

References
----------
.. [1] G. Steele, D. Lea, C. Flood (2014). Fast splittable pseudorandom number
   generators. OOPSLA 2014.

Examples
--------
>>> key = entity_key(replication_key(seed=1, replication=0), MEMBER, 812)
>>> draw(key, SHOWS, 3) == draw(key, SHOWS, 3)
True
>>> 0 <= draw(key, SHOWS, 3) < 2**64
True
"""

from __future__ import annotations

MASK = 0xFFFF_FFFF_FFFF_FFFF
GOLDEN = 0x9E37_79B9_7F4A_7C15

# Kinds of entities.
MEMBER, SEAT, STRATUM, AREA = 1, 2, 3, 4

# Purposes, one per decision in the model; numbers are part of the result format.
(
    COUNT,  # referrals of a stratum in a week
    MOMENT,  # day and tick of a referral
    INTERVAL,  # intended return interval
    TIER,  # high priority or not
    GROUP,  # joins a group
    SHOWS,  # comes to the visit, by booking number
    CANCELS,  # cancels late, by booking number
    REBOOKS,  # books again after a cancellation
    DROPS,  # gives up after a missed visit
    ENDS,  # course ends, by visit number
    JITTER,  # a day earlier or later than the interval
    LATER,  # declines the first offer for a later one
    START,  # where a search over clinicians begins, by booking number
    EXCEPTION,  # a clinician's exception is on record
    URGENT,  # asks for an urgent return, by visit number
    URGENT_DAY,  # when it is asked
    NETWORK,  # declines a network therapist
    NETWORK_WAIT,  # wait with the network
    GIVES_UP,  # leaves the waitlist, by week
    TRANSFER,  # does not continue after a transfer, by transfer
    SUBSTITUTE,  # takes a substitute in an absence
    LEAVES,  # clinician leaves, by week
    HIRED,  # vacancy filled, by week
    ON_LEAVE,  # planned leave, by week
    SICK,  # away without notice, by day
    STRIKES,  # position of a clinician on a participation path
    NETWORK_TOOK,  # network takes the visit of an absent clinician
    URGENT_SHOWS,  # comes to the urgent visit, by visit number
) = range(28)


def mix(value: int) -> int:
    """Return the SplitMix64 finalizer of a 64-bit value."""
    value &= MASK
    value = ((value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB) & MASK
    return value ^ (value >> 31)


def replication_key(seed: int, replication: int) -> int:
    """Return the key all entities of a replication derive from."""
    return mix(mix(seed * GOLDEN + 1) + replication * GOLDEN)


def entity_key(replication: int, kind: int, entity: int) -> int:
    """Return an entity's key; ``replication`` is a replication's key."""
    return mix(mix(replication + kind * GOLDEN) + entity * GOLDEN)


def draw(key: int, purpose: int, index: int) -> int:
    """Return a uniform 64-bit integer; ``index`` is 0 to 2**32 - 1."""
    return mix(key + (((purpose << 32) | index) + 1) * GOLDEN)


def threshold(probability: float) -> int:
    """
    Return the bound under which a draw means yes.

    >>> threshold(0.5) == 2**63
    True
    >>> threshold(1.0) == 2**64 - 1
    True
    """
    return min(max(int(probability * 2.0**64), 0), MASK)
