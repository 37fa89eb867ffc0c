"""Matches: candidates, the match alone, whole plans, the office; peers of each."""
