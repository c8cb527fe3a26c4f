"""The commands `mingcha plan draft`, `check` and `freeze`: from a plan file to a frozen plan.

Arguments and answers only; what a plan may be stands in models/sampling, what it rests on in warehouse/planning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from models.policy.loader import Policy
from pipelines.options import DEFAULT_HOME, TRY_LATER, WRONG_ARGUMENTS, HomeOption, fail
from warehouse.home import Home, HomeBusyError
from warehouse.serving import NotPublishedError, ServingReader
from warehouse.typeset import FontMissingError

plan = typer.Typer(no_args_is_help=True, help="抽查计划：起草、核对、冻结")

PlanOption = Annotated[Path, typer.Argument(help="计划文件（YAML）")]
PolicyOption = Annotated[Path | None, typer.Option(help="替换内置规则的目录")]
Actor = Annotated[str, typer.Option(help="谁")]
Reason = Annotated[str, typer.Option(help="为什么，如批准文号")]


@plan.command()
def draft(
    out: Annotated[Path, typer.Option(help="写到哪个文件")],
    name: Annotated[str, typer.Option("--id", help="计划编号：小写字母、数字、连字符")],
    first: Annotated[str, typer.Option("--from", help="时间窗首日 YYYY-MM-DD")],
    last: Annotated[str, typer.Option("--to", help="时间窗末日 YYYY-MM-DD")],
    item: Annotated[list[str] | None, typer.Option(help="清单上的抽查事项编号，可重复")] = None,
    joint: Annotated[list[str] | None, typer.Option(help="联合抽查事项编号，可重复")] = None,
    kind: Annotated[str, typer.Option(help="annual 年度、monthly 月度、special 专项")] = "special",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """按清单上的事项起草一份计划文件，供修改。"""
    from warehouse.plan_draft import draft as drafted
    from warehouse.planning import lists

    with told_plainly(), reading(home) as reader:
        if out.exists():
            raise ValueError(f"{out} exists; a draft replaces nothing, name another file")
        days = (date.fromisoformat(first), date.fromisoformat(last))
        out.write_text(drafted(lists(reader), name, kind, days, item or [], joint or []), encoding="utf-8")
    typer.echo(f"{out}; now `mingcha plan check {out}`", err=True)


@plan.command()
def check(file: PlanOption, policy: PolicyOption = None, home: HomeOption = DEFAULT_HOME) -> None:
    """抽签之前核对：比例、户数、抽取数、不列入抽签的原因、工作量与检查力量；不可行时退出码为 1。"""
    from models.sampling.plan_freeze import exclusion_table, stratum_table
    from warehouse import planning

    with told_plainly(), reading(home) as reader:
        made = planning.check(Home.at(home), reader, planning.read_plan_file(file), Policy.load(policy), file.name)
    frozen = made.prepared.plan
    _show("strata", stratum_table(frozen))
    _show("outside the draw", exclusion_table(frozen))
    _show("load", made.load.filter((pl.col("district_code") == "all") | (pl.col("load").fill_null(9.0) > 1)))
    for remark in made.remarks:
        typer.secho(remark, fg="yellow", err=True)
    if made.short:
        raise fail("\n".join(made.short))
    drawn = sum(stratum.drawn for stratum in frozen.strata)
    typer.echo(f"feasible: {drawn:,} of {frozen.frame.height:,} in {len(frozen.strata)} strata", err=True)


@plan.command("freeze")
def freeze_plan(
    file: PlanOption, actor: Actor, reason: Reason, policy: PolicyOption = None, home: HomeOption = DEFAULT_HOME
) -> None:
    """冻结一份可行的计划：名录、分层、人员与回避从此不变，供公布承诺和抽签。"""
    from warehouse import planning
    from warehouse.plan_freeze import freeze

    with told_plainly(), reading(home) as reader:
        opened = Home.at(home)
        made = planning.check(opened, reader, planning.read_plan_file(file), Policy.load(policy), file.name)
        folder = freeze(opened, made, actor, reason)
    typer.echo(str(folder))


def _show(title: str, frame: pl.DataFrame) -> None:
    from pipelines.console import table

    typer.echo(title)
    rounded = frame.with_columns(pl.col(pl.Float64).round(4))
    table(rounded.columns, rounded.rows())


@contextmanager
def reading(home: Path) -> Iterator[ServingReader]:
    """Lend a reader of the published snapshot of a home."""
    reader = ServingReader(Home.at(home).root)
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what may be wrong with arguments, plans and visits into one clear line and its exit code."""
    try:
        yield
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except (ValueError, NotPublishedError, FileExistsError, FileNotFoundError) as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    except FontMissingError as error:
        raise fail(str(error)) from None
