"""YAML written by people: keys, values as text, and the line of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caretime.formats._reading.raw import Findings, Raw, cells_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One key's value: a scalar's text, or the texts of a list; and its line."""

    value: str | tuple[str, ...]
    line: int

    @property
    def cell(self) -> str:
        """The value as a table's cell would hold it."""
        return self.value if isinstance(self.value, str) else ";".join(self.value)


def read_mapping(
    data: bytes, source: str, findings: Findings
) -> dict[str, Entry] | None:
    """
    Read one YAML 1.2 mapping of scalars and lists of scalars.

    Values stay text: ``NO`` is no boolean here and ``12:30`` no number, and the
    dictionary says what each must be. ``None`` where the text is no YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        node = YAML(typ="safe", pure=True).compose(data.decode())
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        hint = "indent with spaces, not tabs" if "'\\t'" in str(error.problem) else ""
        findings.problem(source, line, "", f"is no YAML: {error.problem}", hint)
        return None
    except YAMLError as error:
        findings.problem(source, 0, "", f"is no YAML: {str(error).splitlines()[0]}")
        return None
    if node is None or type(node).__name__ != "MappingNode":
        found = "nothing" if node is None else "a list or a single value"
        findings.problem(source, 0, "", f"expected keys and values, found {found}")
        return None
    return _entries(node, source, findings)


def _entries(node: Any, source: str, findings: Findings) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in entries:
            findings.problem(
                source, line, key, f"stands twice, first in line {entries[key].line}"
            )
            continue
        value = _value(value_node)
        if value is None:
            findings.problem(
                source, line, key, "expected a value or a list of values, found more"
            )
            value = ""
        entries[key] = Entry(value, line)
    return entries


def _value(node: Any) -> str | tuple[str, ...] | None:
    if isinstance(node.value, str):
        return "" if node.tag.endswith(":null") else node.value
    if type(node).__name__ == "SequenceNode" and all(
        isinstance(item.value, str) for item in node.value
    ):
        return tuple(item.value for item in node.value)
    return None


def as_raw(entries: Mapping[str, Entry], table: str, source: str) -> Raw:
    """Turn a mapping into a table of one row, for the same checks as any table."""
    cells, lines = cells_of(
        [[entry.cell] for entry in entries.values()], list(entries), [0]
    )
    return Raw(table, source, cells, lines)
