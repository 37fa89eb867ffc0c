"""What the database does by itself, in its own language: one file a migration."""

from importlib.resources import files


def statements(name: str) -> str:
    """
    Return a file of statements, as a migration runs them.

    A file that a release has shipped is never edited: a later one overturns it.

    >>> "CREATE EXTENSION" in statements("0001_before_tables")
    True
    """
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
