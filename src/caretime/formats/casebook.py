"""The casebook: public proposals and agreements, shipped as contracts."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path

from caretime.errors import PlanError
from caretime.formats._checking.hints import did_you_mean, near
from caretime.formats.contracts import read_contract, read_contract_text
from caretime.model.terms import Contract

_MOST_SHOWN = 8
"""Ids in a message, where no single one is near."""


@cache
def casebook_ids() -> tuple[str, ...]:
    """
    Return the ids of the shipped contracts, sorted.

    The weeks they are based on are not among them; `casebook_contract` gives those
    too.

    >>> "socal-2025-settlement" in casebook_ids()
    True
    """
    folder = files("caretime") / "casebook"
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


@cache
def casebook_contract(contract_id: str) -> Contract:
    """
    Return a shipped contract.

    Raises
    ------
    PlanError
        If the casebook has no such contract.

    Examples
    --------
    >>> contract = casebook_contract("socal-2025-settlement")
    >>> contract.effective.isoformat(), contract.standing
    ('2025-05-08', 'confirmed')
    """
    folder = files("caretime") / "casebook"
    for place in (folder, folder / "base"):
        file = place / f"{contract_id}.yaml"
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            return read_contract_text(text, source=f"casebook/{contract_id}.yaml")
    raise PlanError(
        f"no contract {contract_id!r}: give a path ending in .yaml, or an id of the "
        f"casebook; {_offer(contract_id)}"
    )


def _offer(name: str) -> str:
    """Return a file, an id or a few ids that a name may have been meant for."""
    ids = casebook_ids()
    if "\0" not in name:
        for folder in (".", "contracts"):
            for ending in (".yaml", ".yml"):
                file = Path(folder, f"{name}{ending}")
                if file.is_file():
                    return did_you_mean(file.as_posix())
    if meant := near(name, ids):
        return did_you_mean(meant)
    found = get_close_matches(name.casefold(), ids, n=_MOST_SHOWN, cutoff=0.5)
    return f"the nearest are {', '.join(found or ids[:_MOST_SHOWN])}"


def contract_named(name: str) -> Contract:
    """
    Return the contract of a file, or of the casebook where the name is no path.

    Raises
    ------
    InputError
        If the file is missing or wrong.
    PlanError
        If the casebook has no such contract.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return read_contract(path)
    return casebook_contract(name)
