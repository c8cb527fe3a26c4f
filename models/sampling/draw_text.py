"""The written form of a draw: who was drawn, who is next in line, visits, teams and absent inspectors as CSV files.

Their columns are those of docs/draw_protocol.md; the frozen plan's own files are plan_text.py.
"""

from collections.abc import Sequence

import polars as pl

from models.sampling.draw import StratumDraw, draw
from models.sampling.eligibility import CAUSES, absences
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_text import csv_bytes
from models.sampling.team import Seat, Visit, teams, visits

_DRAWN = ("task_id", "stratum_id", "draw_order", "entity_code", "ticket", "numerator", "denominator")
_RESERVES = ("task_id", "stratum_id", "reserve_order", "entity_code", "ticket")
_VISITS = ("visit_order", "entity_code", "district_code", "task_ids", "ticket")
_TEAMS = ("entity_code", "seat", "inspector_id", "departments", "skill", "load_before", "tier")


def drawn_table(strata: Sequence[StratumDraw]) -> pl.DataFrame:
    """Every drawn (task, entity) in draw order, with its inclusion probability as numerator and denominator."""
    rows = [
        (
            one.stratum.task_id,
            one.stratum.stratum_id,
            place,
            row.entity_code,
            row.ticket,
            row.numerator,
            row.denominator,
        )
        for one in strata
        for place, row in enumerate(one.drawn, start=1)
    ]
    return pl.DataFrame(rows, schema=_DRAWN, orient="row")


def reserves_table(strata: Sequence[StratumDraw]) -> pl.DataFrame:
    """As many reserves of each stratum as were drawn in it (or all that are left), next in line first."""
    rows = [
        (one.stratum.task_id, one.stratum.stratum_id, place, row.entity_code, row.ticket)
        for one in strata
        for place, row in enumerate(one.reserves[: one.stratum.drawn], start=1)
    ]
    return pl.DataFrame(rows, schema=_RESERVES, orient="row")


def visits_table(ordered: Sequence[Visit]) -> pl.DataFrame:
    """The visits in the order in which their teams were formed."""
    rows = [
        (place, visit.entity_code, visit.district_code, ";".join(visit.task_ids), visit.ticket)
        for place, visit in enumerate(ordered, start=1)
    ]
    return pl.DataFrame(rows, schema=_VISITS, orient="row")


def teams_table(seats: Sequence[Seat]) -> pl.DataFrame:
    """Every seat, and how many inspectors of the asked departments were passed over by cause."""
    rows = [
        (
            seat.entity_code,
            seat.seat,
            seat.inspector_id,
            ";".join(seat.departments),
            seat.skill,
            seat.load_before,
            seat.tier,
            *(seat.skipped[cause] for cause in CAUSES),
        )
        for seat in seats
    ]
    return pl.DataFrame(rows, schema=(*_TEAMS, *(f"skipped_{cause}" for cause in CAUSES)), orient="row")


def draw_files(plan: FrozenPlan, seed_hex: str) -> dict[str, bytes]:
    """Draw a checked plan in canonical form: file name → bytes of everything that follows from plan and seed."""
    strata = draw(plan, seed_hex)
    pairs = [(one.stratum.task_id, row.entity_code) for one in strata for row in one.drawn]
    ordered = visits(plan, pairs, seed_hex)
    absent = pl.DataFrame(
        sorted(absences(plan).items()), schema={"inspector_id": pl.String, "cause": pl.String}, orient="row"
    )
    return {
        "drawn.csv": csv_bytes(drawn_table(strata)),
        "reserves.csv": csv_bytes(reserves_table(strata)),
        "visits.csv": csv_bytes(visits_table(ordered)),
        "teams.csv": csv_bytes(teams_table(teams(plan, ordered, seed_hex))),
        "absent.csv": csv_bytes(absent),
    }
