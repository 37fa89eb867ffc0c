"""The parts of the report of an incident, one module a part."""
