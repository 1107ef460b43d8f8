"""``limcyc check``: does the library still say what the papers and the references say?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from limcyc._version import __version__
from limcyc.cli.messages import reporting
from limcyc.cli.options import Json
from limcyc.cli.render import claims_table, print_json, verdict

if TYPE_CHECKING:
    from limcyc.claims import Outcome

__all__ = ["check"]


def check(
    system: Annotated[str | None, typer.Argument(help="A system; all of them by default.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only the cheap claims.")] = False,
    as_json: Json = False,
) -> None:
    """Compute every claimed number and compare; exit with 1 if a claim fails.

    A claim that waits for a level of description which is not there yet is listed as pending.
    """
    failed = 0
    with reporting(as_json=as_json):
        from limcyc import library

        names = library.SYSTEMS if system is None else (system,)
        reports = []
        for module in [library.load(name) for name in names]:
            outcomes, left_out = _outcomes(module, quick)
            counts = _counts(outcomes) | {"left_out": left_out}
            failed += counts["failed"]
            reports.append(
                {
                    "system": module.NAME,
                    **counts,
                    "claims": [outcome.as_dict() for outcome in outcomes],
                }
            )
            if not as_json:
                claims_table(outcomes, title=module.NAME)
                typer.echo(_summary(module.NAME, counts))
        if as_json:
            print_json({"version": __version__, "quick": quick, "systems": reports})
    if failed:
        raise typer.Exit(1)


def _outcomes(module: Any, quick: bool) -> tuple[list[Outcome], int]:
    from limcyc.claims import check as check_claim
    from limcyc.progress import track

    claims = [claim for claim in module.CLAIMS if claim.quick or not quick]
    outcomes = [
        check_claim(claim, module.QUANTITIES, module.LEVELS)
        for claim in track(claims, f"checking {module.NAME}", progress=True)
    ]
    return outcomes, len(module.CLAIMS) - len(claims)


def _counts(outcomes: list[Outcome]) -> dict[str, int]:
    verdicts = [verdict(outcome) for outcome in outcomes]
    return {
        "passed": verdicts.count("pass"),
        "failed": verdicts.count("FAIL"),
        "pending": verdicts.count("pending"),
    }


def _summary(name: str, counts: dict[str, int]) -> str:
    line = f"{name}: {counts['passed']} passed, {counts['failed']} failed"
    line += f", {counts['pending']} pending"
    return line + (f", {counts['left_out']} left out (not quick)" if counts["left_out"] else "")
