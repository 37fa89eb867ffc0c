"""The tables, and what the database itself refuses."""
