"""The commands about grades: published runs, differences between days, and a proposed policy against today's.

Arguments and answers only; the work is done in warehouse/ledger, grade_change and proposal.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from models.policy.loader import PolicyError
from pipelines.options import DEFAULT_HOME, HomeOption, fail
from warehouse import grade_change, ledger, proposal
from warehouse.home import Home
from warehouse.serving import NotPublishedError, ServingReader

grades = typer.Typer(no_args_is_help=True, help="已发布等级的台账：各次运行、两日之间的变化")
policy = typer.Typer(no_args_is_help=True, help="规则")

Csv = Annotated[Path | None, typer.Option(help="逐户写入 CSV（内部资料，不得公开）")]


@grades.command("runs")
def list_runs(home: HomeOption = DEFAULT_HOME) -> None:
    """列出台账中的各次发布，并核对台账未被改动。"""
    opened = Home.at(home)
    try:
        ledger.verify(opened)
    except ledger.LedgerError as error:
        raise fail(str(error)) from None
    done = ledger.runs(opened)
    for run in done:
        made = f"policy {run.policy_version}  code {run.code_version}  input {run.input_digest}"
        typer.echo(f"{run.as_of}  {run.run_id}  {run.rows:,} entities  {made}")
    typer.echo(f"{len(done)} runs, unchanged since they were written", err=True)


@grades.command("diff")
def diff_days(
    before: Annotated[str, typer.Argument(help="较早的截止日 YYYY-MM-DD")],
    after: Annotated[str, typer.Argument(help="较晚的截止日 YYYY-MM-DD")],
    csv: Csv = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """比较两个截止日已发布的等级：各有多少户从哪级变到哪级。"""
    opened = Home.at(home)
    try:
        one, other = (ledger.of_day(opened, date.fromisoformat(day)) for day in (before, after))
        moved = grade_change.moves(ledger.read(opened, one), ledger.read(opened, other))
    except ValueError as error:
        raise fail(str(error), 2) from None
    _tell(moved, csv)


@policy.command("diff")
def diff_policy(
    folder: Annotated[Path, typer.Argument(help="拟议的规则目录：其中的文件替换同名的内置规则")],
    csv: Csv = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """拟议的规则会改变哪些主体的等级：以已发布的指标值重新评级，不影响任何已发布的等级。"""
    opened = Home.at(home)
    reader = ServingReader(opened.root)
    try:
        made, moved = proposal.compare(opened, reader, folder)
    except NotPublishedError as error:
        raise fail(str(error)) from None
    except PolicyError as error:
        raise fail(str(error), 2) from None
    finally:
        reader.close()
    typer.echo(f"as of {made.as_of}; rules that differ: {', '.join(made.rules) or 'none'}")
    if made.not_shown:
        told = ", ".join(made.not_shown)
        typer.echo(f"not shown, because they change the indicator values: {told}; refresh another home with --policy")
    _tell(moved, csv)


def _tell(moved: pl.DataFrame, csv: Path | None) -> None:
    for sentence in grade_change.sentences(moved):
        typer.echo(sentence)
    if csv is not None:
        moved.write_csv(csv, include_bom=True)
        typer.echo(f"{moved.height:,} rows in {csv}", err=True)
    if moved.is_empty():
        typer.echo("no entity changes grade", err=True)
