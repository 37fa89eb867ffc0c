"""The match: its candidates, the match alone, whole plans, the office; peers of each."""
