"""Every change of the world: one transaction each, with its author."""
