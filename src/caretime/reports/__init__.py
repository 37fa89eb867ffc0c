"""Charts and self-contained pages from results."""
