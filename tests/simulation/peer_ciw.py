"""
The intake book in Ciw: slotted service, one queue.

Ciw has no diary, so that a return with the own therapist cannot be written in it;
what it has is service in slots, so many customers at a moment. That is the book of
intakes alone: whoever asks on a day is seen in the first slot with room after it.
"""

from __future__ import annotations

import ciw


def simulate(*, openings: int, days: int, rate: float, seed: int) -> list[int]:
    """Return days waited, in order of asking."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate)],
        service_distributions=[ciw.dists.Deterministic(0.5)],
        number_of_servers=[ciw.Slotted(slots=[1.0], slot_sizes=[openings])],
    )
    ciw.seed(seed)
    run = ciw.Simulation(network)
    run.simulate_until_max_time(days)
    seen = sorted(run.get_all_records(), key=lambda one: one.arrival_date)
    return [round(one.service_start_date) - int(one.arrival_date) for one in seen]
