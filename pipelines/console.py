"""What the terminal shows: a progress line per table, and the summary of a run. No work is done here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from pipelines.progress import Step, Watch
from warehouse import catalog

console = Console()


def bar() -> Progress:
    """A progress bar on stderr that leaves no trace in redirected output."""
    return Progress(
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch a refresh: table under way, tables done of all, time left."""
    total = len(catalog.sql_tables()) + len(catalog.contracts("raw")) + 6
    with bar() as progress:
        task = progress.add_task("starting", total=total)

        def finished(step: Step) -> None:
            progress.advance(task)
            progress.update(task, description=f"{step.stage}.{step.table_name} {step.rows:,} rows")

        yield Watch(lambda name: progress.update(task, description=name), finished)


def summary(status: dict[str, Any]) -> None:
    """Print what a run did: rows per stage, loads, grades, drawn list, seconds, peak memory."""
    console.print(f"[bold]run {status['run_id']}[/]  as of {status['as_of']}  feeds {status['feeds']}")
    console.print(f"policy {status['policy_version']}  code {status['code_version']}  input {status['input_digest']}")
    _loads(status["loads"])
    stages = Table("stage", "tables", "rows", "seconds", "CPU s", title="stages", title_justify="left")
    for name, total in status["stages"].items():
        tables = sum(1 for step in status["steps"] if step["stage"] == name)
        stages.add_row(
            name, str(tables), f"{total['rows']:,.0f}", f"{total['seconds']:.1f}", f"{total['cpu_seconds']:.1f}"
        )
    console.print(stages)
    for title, key in (("credit", "credit_grades"), ("risk", "risk_grades")):
        console.print(f"{title}: " + "  ".join(f"{grade} {count:,}" for grade, count in status[key].items()))
    _outcomes(status["outcomes"])
    seconds = sum(t["seconds"] for t in status["stages"].values())
    peak = max(t["peak_memory_bytes"] for t in status["stages"].values())
    console.print(f"drawn: {status['drawn']:,} entities   {seconds:.1f} s   peak memory {peak / 2**30:.2f} GiB")


def _outcomes(outcomes: Sequence[dict[str, Any]]) -> None:
    """Inspections after the as-of day, which no grade could know: does a worse grade find more?"""
    if not outcomes:
        return
    first, last = min(o["first_event_date"] for o in outcomes), max(o["last_event_date"] for o in outcomes)
    shown = Table(
        "scorecard",
        "grade",
        "inspections",
        "with critical findings",
        "rate",
        title=f"inspections {first} … {last} by grade",
        title_justify="left",
    )
    for o in outcomes:
        shown.add_row(
            o["pack_id"],
            o["scorecard_grade"].replace("-", "not graded"),
            f"{o['inspection_count']:,}",
            f"{o['later_critical_count']:,}",
            f"{o['critical_ratio']:.1%}",
        )
    console.print(shown)


def _loads(loads: Sequence[dict[str, Any]]) -> None:
    shown = Table(
        "source", "files", "delivered", "accepted", "quarantined", "repeated", title="loads", title_justify="left"
    )
    for source in dict.fromkeys((load["feed_id"], load["source_id"]) for load in loads):
        own = [load for load in loads if (load["feed_id"], load["source_id"]) == source]
        counts = [
            f"{sum(load[f'{name}_count'] for load in own):,}"
            for name in ("delivered", "accepted", "quarantined", "repeated")
        ]
        shown.add_row(source[1], str(len(own)), *counts)
    console.print(shown)
    for load in loads:
        if load["load_error"]:
            told = f"{load['source_id']}: {load['file_name']} could not be read: {load['load_error']}"
            console.print(told, style="red", markup=False)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a table."""
    shown = Table(*map(escape, columns))
    for row in rows:
        shown.add_row(*("" if value is None else escape(str(value)) for value in row))
    console.print(shown)
