"""`python -m tests.bench.casework`: CPU of the clocks, marts and metrics of cases over a zone of nothing but cases.

Prints them and writes the section `Casework` of docs/benchmarks.md. Not here: the refresh as a whole (`make bench`).
"""

from __future__ import annotations

import argparse
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import load, machine
from tests.bench.report import with_section
from tests.warehouse import case_zone
from warehouse import metrics
from warehouse.build import build
from warehouse.catalog import SqlTable, sql_tables
from warehouse.engine import DuckDBEngine
from warehouse.stamps import Stamps

HEADING = "## Casework"
_PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_CLOCKS = ("known.local_hour", "known.pause", "known.clock", "known.case_clock")
_MARTS = ("mart.approval_", "mart.hotline_", "mart.warning", "mart.burst", "mart.gaming", "mart.case_clock_summary", "mart.licence_expiry", "mart.publication_due", "mart.satisfaction_fall")  # fmt: skip


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(engine: DuckDBEngine) -> dict[str, float]:
    """CPU seconds of each table of casework, built anew."""
    tables = sql_tables()
    chosen: list[SqlTable] = [t for n, t in tables.items() if n in (*_CLOCKS, "known.demand") or n.startswith(_MARTS)]
    own = [m for m in metrics.metrics() if m.area in ("approvals", "approval_quality", "hotline", "hotline_quality", "casework", "warning")]  # fmt: skip
    spent = {}
    for table in chosen:
        Stamps(engine).forget(table.qualified)
        before = _cpu()
        build(engine, table)
        spent[table.qualified] = _cpu() - before
    before = _cpu()
    engine.rows(metrics.select(own))
    spent[f"{len(own)} metrics"] = _cpu() - before
    return spent


def section(spent: dict[str, float], rows: dict[str, int], command: str, where: str, loads: tuple[float, float]) -> str:
    """The section of the page."""
    clocks = sum(spent[name] for name in _CLOCKS)
    marts = sum(spent.values()) - clocks
    dearest = sorted(spent.items(), key=lambda item: -item[1])[:8]
    lines = [
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, {where}. Load {loads[0]:.1f} before, {loads[1]:.1f} after.",
        "",
        f"{rows['approval']:,} approvals, {rows['hotline']:,} hotline orders, {rows['clocks']:,} clocks in all.",
        "",
        "| part | CPU s |",
        "| --- | --- |",
        f"| clocks (`known.clock`, `known.case_clock` and what they rest on) | {clocks:.1f} |",
        f"| all marts and metrics of casework | {marts:.1f} |",
        f"| together | **{clocks + marts:.1f}** (8 asked for) |",
        *(f"| dearest: `{name}` | {seconds:.2f} |" for name, seconds in dearest),
    ]
    return HEADING + "\n\n" + "\n".join(lines) + "\n"


def main() -> int:
    """Simulate, load, measure, write; 0 when done."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.casework", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 350,000 approvals and 400,000 hotline orders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, default=_PAGE)
    given = parser.parse_args()
    before = load()
    with TemporaryDirectory(prefix="mingcha-bench-") as temporary:
        work = Path(temporary)
        case_zone.deliver(work / "data", given.scale, given.seed)
        with DuckDBEngine(work / "w.duckdb", work / "spill", memory_limit="1500MB") as engine:
            case_zone.load(engine, work / "home", work / "data")
            spent = measure(engine)
            rows = dict(engine.rows("select case_kind, count(*) from known.case_clock group by 1"))
            rows["clocks"] = engine.count("known.clock")
    told = section(spent, rows, f"python -m tests.bench.casework --scale {given.scale:g}", machine(), (before, load()))
    text = given.page.read_text(encoding="utf-8") if given.page.exists() else ""
    given.page.write_text(with_section(text, HEADING, told), encoding="utf-8")
    sys.stdout.write(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
