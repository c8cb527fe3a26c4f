"""The commands of casework: one case and its clocks, warnings and what is done with them, the weekly report.

Arguments and answers only; the work is done in warehouse/case_file, warehouse/warning and pipelines/weekly_report.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from models.casework.calendar import CalendarError
from models.policy.loader import Policy
from pipelines.options import DEFAULT_HOME, WRONG_ARGUMENTS, HomeOption, fail
from warehouse import warning
from warehouse.home import Home
from warehouse.serving import NotPublishedError, ServingReader
from warehouse.state import State

commands = typer.Typer()
warnings = typer.Typer(no_args_is_help=True, help="预警：列出、处置、转为建议检查")
reports = typer.Typer(no_args_is_help=True, help="定期报告")
Actor = Annotated[str, typer.Option(help="谁")]
Reason = Annotated[str, typer.Option(help="为什么")]
WarningId = Annotated[str, typer.Argument(help="预警编号，见 warning list")]


@commands.command("case")
def show_case(case_id: Annotated[str, typer.Argument(help="案件编号")], home: HomeOption = DEFAULT_HOME) -> None:
    """一个案件的环节、中止和各个时钟：已用多少、扣除多少、时限到哪天。"""
    from warehouse.case_file import case_file

    with _told_plainly(), _reader(home) as reader:
        found = case_file(reader, Policy.load(), case_id)
    case = found.case
    typer.echo(
        f"{case['case_id']}  {case['kind_zh']}  {case['item_name'] or case['item_code']}  {case['outcome'] or '在办'}"
    )
    for step in found.steps:
        typer.echo(f"  {step['step_zh'] or step['step_kind']}  {_span(step, case['zone'])}")
    for pause in found.pauses:
        typer.echo(f"  中止 {pause['pause_kind']}  {_span(pause, case['zone'])}")
    for clock in found.clocks:
        typer.echo(_clock_line(clock))


@warnings.command("list")
def list_warnings(
    level: Annotated[int, typer.Option(min=1, max=4, help="只列到哪一级：1 红 … 4 蓝")] = 4,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """列出有效的预警：级别、对象、依据、责任部门、剩余时间与处置。"""
    with _told_plainly(), _reader(home) as reader:
        rows = warning.listed(reader, level).rows()
    for row in rows:
        typer.echo("  ".join("—" if cell is None else str(cell) for cell in row))
    typer.echo(f"{len(rows)} warnings", err=True)


@warnings.command("act")
def act_on_warning(
    warning_id: WarningId,
    action: Annotated[
        str, typer.Option(help="acknowledged 已签收、handed_over 已转交、settled 已办结、dismissed 不成立")
    ],
    actor: Actor,
    reason: Reason,
    to: Annotated[str | None, typer.Option(help="转交给哪个部门（编号）")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """登记对一条预警的处置；下一次刷新显示。"""
    with _told_plainly(), _reader(home) as reader:
        state = State(Home.at(home).state)
        number = warning.act(state, reader, warning_id, action, actor, reason, department_id=to)
    typer.echo(f"event {number} recorded for {warning_id}")


@warnings.command("suggest")
def suggest_inspections(
    warning_id: WarningId,
    actor: Actor,
    reason: Reason,
    most: Annotated[int, typer.Option(min=1, help="最多几户，证据多者在先")] = warning.MOST_SUGGESTED,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """把一条预警所涉的主体列为建议检查；下一次刷新起供编制计划使用。"""
    with _told_plainly(), _reader(home) as reader:
        number, codes = warning.suggest(State(Home.at(home).state), reader, warning_id, most, actor, reason)
    typer.echo(f"event {number} recorded for {warning_id}: {len(codes)} entities, {', '.join(codes)}")


@warnings.command("suggested")
def export_suggested(out: Annotated[Path, typer.Option(help="CSV 文件")], home: HomeOption = DEFAULT_HOME) -> None:
    """导出预警建议检查的主体（内部资料）。"""
    with _told_plainly(), _reader(home) as reader:
        frame = warning.suggested(reader)
    frame.write_csv(out, include_bom=True)
    typer.echo(f"{frame.height:,} rows in {out}", err=True)


@reports.command("hotline")
def hotline_report(out: Annotated[Path, typer.Option(help="PDF 文件")], home: HomeOption = DEFAULT_HOME) -> None:
    """热线运行周报（PDF）：只用已发布的快照，只含汇总数。"""
    from pipelines.weekly_report import write
    from warehouse.hotline_week import hotline_week
    from warehouse.typeset import FontMissingError

    with _told_plainly(), _reader(home) as reader:
        found = hotline_week(reader)
    try:
        write(found, out)
    except FontMissingError as error:
        raise fail(str(error)) from None
    typer.echo(f"report as of {found['run']['as_of']} in {out}", err=True)


def _span(row: dict[str, Any], zone: str) -> str:
    """When something began and ended, in the time of the place."""
    marks = [
        row[name] and row[name].replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for name in ("started_at", "ended_at")
    ]
    return " … ".join(f"{mark:%Y-%m-%d %H:%M:%S}" if mark else "" for mark in marks).rstrip()


def _clock_line(clock: dict[str, Any]) -> str:
    unit = {"workday": "个工作日", "day": "日", "minute": "分钟"}[clock["clock_tick"]]
    limits = [
        f"{name} {clock[column]}"
        for name, column in (("法定", "statutory_limit"), ("承诺", "promised_limit"))
        if clock[column]
    ]
    state = "超期" if clock["is_over_promised"] or clock["is_over_statutory"] else "未超期"
    due = f"，应于 {clock['due_on']} 前" if clock["due_on"] else ""
    left_out = f"（另扣除 {clock['paused_count']}）" if clock["paused_count"] else ""
    limited = "、".join(limits) or "无时限"
    used = f"已用 {clock['used_count']} {unit}{left_out}"
    return f"  时钟 {clock['clock_zh']}：{used}，{limited}，{state}{due}"


@contextmanager
def _reader(home: Path) -> Iterator[ServingReader]:
    reader = ServingReader(Home.at(home).root)
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except (ValueError, CalendarError, NotPublishedError) as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
