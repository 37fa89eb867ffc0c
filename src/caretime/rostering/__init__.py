"""Builds weekly templates that keep every clause, and says why when none can."""
