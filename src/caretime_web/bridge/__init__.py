"""
The seam between rows and nouns; ids only, never a name.

Nothing else translates between the tables and the library.
"""

from caretime_web.bridge.rosters import read_roster, weeks_on
from caretime_web.bridge.system import read_system, written_contracts
from caretime_web.bridge.tables import TABLES, Table, contract_rows, settings_of

__all__ = [
    "TABLES",
    "Table",
    "contract_rows",
    "read_roster",
    "read_system",
    "settings_of",
    "weeks_on",
    "written_contracts",
]
