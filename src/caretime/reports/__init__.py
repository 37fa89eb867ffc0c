"""Charts and self-contained pages from results."""

from caretime.reports.page import write_report
from caretime.reports.strike import write_strike_report
from caretime.reports.terminal import print_summary

__all__ = ["print_summary", "write_report", "write_strike_report"]
