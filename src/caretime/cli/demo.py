"""The demonstration: Southern California, four sets of terms, one report."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from caretime.cli import ExitCode, console
from caretime.cli._arguments import Count, Number

CONTRACTS = (
    "socal-2021-in-force",
    "socal-2024-10-employer",
    "socal-2024-09-union",
    "socal-2025-settlement",
)

MEASURES = ("within_follow_up", "unpaid_minutes")
"""One for patients, one for clinicians: where the parties may disagree."""


def register(app: App) -> None:
    """Add the verb."""

    @app.command
    def demo(
        *,
        out: Path = Path("out"),
        scale: float = 1.0,
        seed: Number = 1,
        weeks: Count = 52,
        replications: Count = 20,
        deep: bool = True,
    ) -> int:
        """
        Build Southern California and compare four contracts in one report.

        Runs ``caretime new`` and ``caretime compare`` as you would, and shows both
        lines first.

        Parameters
        ----------
        out
            Folder for the care system and the report.
        scale
            Size of the system; 1 is 2,400 clinicians.
        seed
            Seed of the system and of the runs.
        weeks
            How long the book runs forward.
        replications
            How many random years.
        deep
            Also split the difference between the employer's offer and the union's
            proposal among clauses and accounts, and try each assumption's range.
        """
        folder = out / "southern-california"
        make = ["new", str(folder), "--example", "southern-california"]
        make += ["--force", "--scale", f"{scale:g}", "--seed", str(seed)]
        compare = ["compare", str(folder), "--contracts", *CONTRACTS]
        compare += ["--weeks", str(weeks), "--replications", str(replications)]
        compare += ["--seed", str(seed), "--out", str(out / "result.json")]
        compare += ["--report", str(out / "report.html")]
        if deep:
            compare += ["--attribution", "--tornado", *MEASURES]
            compare += ["--between", *CONTRACTS[1:3], "--deep-replications", "3"]
        for tokens in (make, compare):
            console.print(f"$ caretime {' '.join(tokens)}", markup=False)
            code = app(tokens, exit_on_error=False, result_action="return_value")
            if code:
                return int(code)
        return ExitCode.DONE
