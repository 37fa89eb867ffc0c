"""Result documents: JSON that says how it was made and whether it was changed."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from caretime.errors import InputError, Problem

FORMAT = 1
KINDS = ("comparison", "claims", "frontier", "what_it_takes")


@dataclass(frozen=True, slots=True)
class ResultDocument:
    """
    A result as written to a file.

    Parameters
    ----------
    kind
        ``comparison``, ``claims``, ``frontier`` or ``what_it_takes``.
    request
        Everything needed to ask again: ``folder``, ``contracts`` (casebook ids
        or paths as they were given), weeks, seed, replications as run, ...
    provenance
        Version, inputs hash, contract hashes.
    result
        The answer in JSON's own types.
    """

    kind: str
    request: Mapping[str, Any]
    provenance: Mapping[str, Any]
    result: Any


def plain(value: Any) -> Any:
    """
    Return a value in JSON's own types; a number that is not finite is ``None``.

    >>> plain({"share": float("nan"), "of": (1, 2)})
    {'share': None, 'of': [1, 2]}
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (date, Path)):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value]


def write_document(document: ResultDocument, path: Path) -> None:
    """Write a result with the seal that shows a later change."""
    body = _body(document)
    text = json.dumps({**body, "seal": seal(body)}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def read_document(path: Path) -> ResultDocument:
    """
    Read a result.

    Raises
    ------
    InputError
        If the file is no result of this program, or its seal does not fit its
        content: somebody or something changed it after it was written.

    Notes
    -----
    The seal is a plain SHA-256 of the content. It shows accidents and careless
    edits; a forger can compute it anew, and only running again finds that out.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise _reject(path, 0, "", f"not UTF-8 text at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise _reject(path, error.lineno, "", f"not JSON: {error.msg}") from error
    if not isinstance(body, dict) or body.get("kind") not in KINDS:
        raise _reject(path, 0, "kind", f"expected a result, one of {', '.join(KINDS)}")
    if body.get("format") != FORMAT:
        raise _reject(
            path, 0, "format", f"expected format {FORMAT}, got {body.get('format')!r}"
        )
    written = body.pop("seal", None)
    if written != seal(body):
        raise _reject(
            path, 0, "seal", "the content does not fit its seal: the file was changed"
        )
    return ResultDocument(
        body["kind"], body["request"], body["provenance"], body["result"]
    )


def is_document(path: Path) -> bool:
    """Say whether a file is a result of this program, changed since or not."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(body, dict) and body.get("kind") in KINDS and "seal" in body


def seal(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of a document without its seal."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(written: Any, found: Any, place: str = "result") -> Iterator[str]:
    """
    Yield one sentence for each place where two results differ.

    Numbers must be equal to the bit; there is no tolerance.

    >>> list(differences({"a": [1, 2]}, {"a": [1, 3]}))
    ['result.a[1]: written 2, found 3']
    """
    if isinstance(written, dict) and isinstance(found, dict):
        for key in [*written, *(k for k in found if k not in written)]:
            yield from differences(
                written.get(key, "nothing"), found.get(key, "nothing"), f"{place}.{key}"
            )
    elif isinstance(written, list) and isinstance(found, list):
        if len(written) != len(found):
            yield f"{place}: written {len(written)} entries, found {len(found)}"
        for index, (one, other) in enumerate(zip(written, found, strict=False)):
            yield from differences(one, other, f"{place}[{index}]")
    elif written != found:
        yield f"{place}: written {written!r}, found {found!r}"


def _body(document: ResultDocument) -> dict[str, Any]:
    """Return the document without its seal, in JSON's own types."""
    return {"format": FORMAT, **plain(document)}


def _reject(path: Path, row: int, field: str, message: str) -> InputError:
    return InputError([Problem(path.name, row, field, message)])
