"""One Excel workbook to cells, sheet by sheet; the same cells as CSV would give."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import polars as pl

from caretime.formats._reading.raw import (
    LARGEST_FILE_BYTES,
    Findings,
    Raw,
    without_empty_rows,
)

_LARGEST_UNPACKED_BYTES = 2_000_000_000


class Workbook:
    """
    An open workbook: the sheets it has, and their cells as text.

    Excel keeps a time of day as a moment on its day zero and a date as midnight;
    both come back as the text a CSV file would hold.
    """

    def __init__(self, path: Path, reader: Any) -> None:
        self.name = path.name
        self.sheets: tuple[str, ...] = tuple(reader.sheet_names)
        self._reader = reader

    def source(self, sheet: str) -> str:
        """Return what messages call a sheet."""
        return f"{self.name}[{sheet}]"

    def raw(self, sheet: str, table: str, findings: Findings) -> Raw | None:
        """Read one sheet; its first filled row is the header, lines count from 1."""
        source = self.source(sheet)
        frame = self._cells(sheet, source, findings)
        if frame is None:
            return None
        if not frame.width:
            findings.problem(source, 0, "", "the sheet is empty, expected a header")
            return None
        frame = frame.cast(pl.String).fill_null("")
        filled = frame.select(pl.any_horizontal(pl.all() != "")).to_series()
        top = filled.arg_max() or 0
        names = _names(frame.row(top), source, findings)
        cells = frame.slice(top + 1).rename(names)
        cells = cells.select(
            pl.all()
            .str.replace(r"^1899-12-3[01] ", "")
            .str.replace("\r\n", "\n", literal=True)
        )
        lines = pl.int_range(top + 2, top + 2 + cells.height, eager=True).alias("line")
        return without_empty_rows(Raw(table, source, cells, lines))

    def _cells(
        self, sheet: str, source: str, findings: Findings
    ) -> pl.DataFrame | None:
        """Return every cell as text, or say that the sheet is damaged."""
        import fastexcel

        try:
            loaded = self._reader.load_sheet(
                sheet, header_row=None, skip_rows=0, dtypes="string"
            )
        except fastexcel.FastExcelError as error:
            why = str(error).splitlines()[0]
            findings.problem(source, 0, "", f"the sheet is damaged: {why}")
            return None
        frame: pl.DataFrame = loaded.to_polars()
        return frame


def _names(header: tuple[str, ...], source: str, findings: Findings) -> dict[str, str]:
    """Map the reader's column names to the headers, each only once."""
    names: dict[str, str] = {}
    for place, cell in enumerate(header):
        name = cell
        if name in names.values():
            if name.strip():
                findings.problem(source, 1, name.strip(), "the column stands twice")
            name = f"{cell}\0{place}"
        names[f"__UNNAMED__{place}"] = name
    return names


def open_workbook(path: Path, findings: Findings) -> Workbook | None:
    """Open an Excel workbook, or say why not."""
    import fastexcel

    if path.stat().st_size > LARGEST_FILE_BYTES:
        findings.problem(
            path.name,
            0,
            "",
            f"the workbook has {path.stat().st_size / 1e6:,.0f} MB, at most "
            f"{LARGEST_FILE_BYTES / 1e6:,.0f} MB are read",
            "use a folder of CSV files",
        )
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > _LARGEST_UNPACKED_BYTES:
            findings.problem(path.name, 0, "", "unpacks to more than 2 GB")
            return None
        return Workbook(path, fastexcel.read_excel(path))
    except (zipfile.BadZipFile, fastexcel.FastExcelError) as error:
        findings.problem(
            path.name,
            0,
            "",
            f"is no Excel workbook, or is cut off: {str(error).splitlines()[0]}",
            "save it again as .xlsx",
        )
        return None
