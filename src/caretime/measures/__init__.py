"""Numbers from a tally or a log: rates, waits, load, suppression."""
