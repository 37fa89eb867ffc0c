"""Runs a care system forward in time."""
