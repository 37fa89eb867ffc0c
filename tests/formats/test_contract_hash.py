"""The hash of a contract is of what it says, not of how it is held."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from caretime.formats import casebook_contract, contract_hash


def test_a_contract_changed_in_memory_has_the_hash_of_what_it_says():
    contract = casebook_contract("socal-2025-settlement")
    same = replace(
        contract,
        clauses=tuple(
            replace(clause, terms=MappingProxyType(dict(clause.terms)), line=0)
            for clause in contract.clauses
        ),
    )
    other = replace(contract, clauses=contract.clauses[1:])

    assert contract_hash(same) == contract_hash(contract)
    assert contract_hash(other) != contract_hash(contract)
