"""Every read for people and programs."""
