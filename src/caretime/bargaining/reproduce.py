"""Run a result again and say whether it comes out the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from caretime.bargaining.document import (
    ResultDocument,
    differences,
    plain,
    read_document,
)
from caretime.bargaining.questions import ask
from caretime.bargaining.run_plan import Progress, Simulator
from caretime.errors import InputError, Problem
from caretime.model.system import CareSystem


@dataclass(frozen=True, slots=True)
class Reproduction:
    """
    What running a result again gave.

    Parameters
    ----------
    matches
        Whether every number came out equal to the bit.
    differences
        One sentence for each that did not, at most `MOST_SHOWN`.
    differing
        How many there are in all.
    version_then, version_now
        Versions that made the result and ran it again.
    """

    matches: bool
    differences: tuple[str, ...]
    differing: int
    version_then: str
    version_now: str


MOST_SHOWN = 20


def reproduce(
    path: Path,
    *,
    folder: Path | None = None,
    workers: int | str = 2,
    progress: Progress | None = None,
    simulator: Simulator | None = None,
) -> Reproduction:
    """
    Ask the question of a result document again.

    Parameters
    ----------
    path
        A JSON document written with ``--out``.
    folder
        The care system; where the document says it was, where not given.

    Raises
    ------
    InputError
        If the document was changed after it was written, or the care system or
        a contract is not the one it was made from: it would be another
        question, so nothing is run.
    """
    from caretime.formats.system import read_system

    document = read_document(path)
    place = folder or Path(str(document.request["folder"]))
    system = read_system(place)
    _check_inputs(document, system, place)
    answer = ask(
        document.kind,
        document.request,
        system,
        workers=workers,
        progress=progress,
        simulator=simulator,
    )
    _check_contracts(document, answer.provenance.contract_hashes, path)
    found = plain(answer)
    version_now = found["provenance"].pop("version")
    written = {**document.result, "provenance": {**document.result["provenance"]}}
    version_then = written["provenance"].pop("version")
    # What the result rests on is checked above; the rest of the folder may change.
    for side in (found, written):
        side["provenance"].pop("inputs_hash")
    differing = list(differences(written, found))
    return Reproduction(
        not differing,
        tuple(differing[:MOST_SHOWN]),
        len(differing),
        version_then,
        version_now,
    )


def document_of(
    kind: str, request: Mapping[str, Any], answer: Any, system: CareSystem
) -> ResultDocument:
    """
    Return an answer of `ask` as a document that can be asked again.

    Its provenance holds ``tables_hash`` beside the fingerprint of the folder:
    another proposal saved in the folder changes the latter and no result.
    """
    made = {**plain(answer.provenance), "tables_hash": tables_hash(system)}
    return ResultDocument(kind, plain(request), made, plain(answer))


def tables_hash(system: CareSystem) -> str:
    """
    Return the SHA-256 of a system with the contract in force and no other.

    That one pays where a proposal sets no wage. Proposals that a result uses
    are fingerprinted each by itself.
    """
    from caretime.formats.hashes import system_hash

    in_force = system.contract_in_force
    used = {in_force: system.contracts[in_force]}
    return system_hash(replace(system, contracts=used))


def _check_inputs(document: ResultDocument, system: CareSystem, place: Path) -> None:
    """Refuse a folder that is not the one the result was made from."""
    if "tables_hash" in document.provenance:
        then, now = document.provenance["tables_hash"], tables_hash(system)
        changed = "a table, a setting or the contract in force"
    else:
        # Written before tables had a fingerprint of their own.
        then, now = document.provenance["inputs_hash"], system.inputs_hash
        changed = "a table, a setting, or a contract in it"
    if now != then:
        raise InputError(
            [
                Problem(
                    place.name,
                    0,
                    "",
                    f"the folder was changed: {changed} is another; its hash is "
                    f"{now[:12]}, the result was made from {then[:12]}",
                )
            ]
        )


def _check_contracts(document: ResultDocument, now: dict[str, str], path: Path) -> None:
    """Refuse contracts whose terms are not those of the result."""
    problems = [
        Problem(
            path.name,
            0,
            "contract_hashes",
            f"contract {name} was changed: its hash is "
            f"{now.get(name, 'unknown')[:12]}, the result was made from {then[:12]}",
        )
        for name, then in document.provenance["contract_hashes"].items()
        if now.get(name) != then
    ]
    if problems:
        raise InputError(problems)
