"""The command `mingcha`. Reads arguments and shows progress and results; the work is done elsewhere.

Exit codes: 0 done · 1 failed · 2 wrong arguments · 75 another refresh holds this home (try again later).
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from warehouse.home import Home, HomeBusyError

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="明察：市场监管数据分析与监管平台", pretty_exceptions_enable=False
)
export = typer.Typer(no_args_is_help=True, help="导出已发布的数据")
app.add_typer(export, name="export")

HomeOption = Annotated[Path, typer.Option("--home", envvar="MINGCHA_HOME", help="本安装的数据目录")]
DEFAULT_HOME = Path(".mingcha")
_TRY_LATER = 75
_PREVIEW_ROWS = 200


def fail(message: str, code: int = 1) -> typer.Exit:
    """Print one clear line on stderr and return the exit to raise."""
    typer.secho(message, fg="red", err=True)
    return typer.Exit(code)


@app.command()
def simulate(
    scale: Annotated[float, typer.Option(help="规模，1 为全量：17.3 万主体、1750 万条记录")] = 0.1,
    seed: Annotated[int, typer.Option(help="随机种子；同一种子得到同样的数据")] = 1,
    out: Annotated[Path, typer.Option(help="输出目录")] = Path("simulated"),
) -> None:
    """生成模拟辖区的数据文件（不含任何真实企业或个人）。"""
    from pipelines.console import bar
    from pipelines.feeds.simulated.zone import simulate as build

    try:
        with bar() as progress:
            task = progress.add_task("simulate", total=None)
            counts = build(out, scale, seed, lambda name, rows: progress.update(task, description=f"{name} {rows:,}"))
    except (ValueError, FileExistsError) as error:
        raise fail(str(error), 2) from None
    typer.echo(f"{sum(counts.values()):,} rows of {len(counts)} sources in {out}")


@app.command()
def refresh(
    feed: Annotated[list[str], typer.Option(help="数据包，可重复")],
    data: Annotated[Path | None, typer.Option(help="来源文件所在目录；缺省为 <home>/landing")] = None,
    as_of: Annotated[str, typer.Option("--as-of", help="数据截止日 YYYY-MM-DD；缺省为最后报送日")] = "",
    policy: Annotated[Path | None, typer.Option(help="替换内置规则的目录")] = None,
    memory: Annotated[str, typer.Option(help="引擎内存上限")] = "6GB",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """装载、计算并发布一次。"""
    from models.policy.loader import PolicyError
    from pipelines.console import summary, watching
    from pipelines.run import RefreshError, refresh_once
    from warehouse.feed import FeedError

    try:
        if as_of:
            date.fromisoformat(as_of)
        with watching() as watch:
            status = refresh_once(Home.at(home), feed, data, as_of, policy, memory, watch)
    except HomeBusyError as error:
        raise fail(str(error), _TRY_LATER) from None
    except (FeedError, PolicyError, ValueError) as error:
        raise fail(str(error), 2) from None
    except RefreshError as error:
        raise fail(str(error)) from None
    summary(status)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="端口")] = 8050,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """在 127.0.0.1 上提供页面；READY 之后可以访问。"""
    from dashboards.server import serve as run

    run(Home.at(home).root, port)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """当前已发布的一次运行：各表行数、各批次装载、等级分布、各阶段用时与内存。"""
    from pipelines.console import summary
    from warehouse.status import published

    found = published(Home.at(home))
    if found is None:
        raise fail(f"nothing is published in {home}; run `mingcha refresh` first")
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        summary(found)


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="一条 SELECT 语句")],
    csv: Annotated[Path | None, typer.Option(help="全部结果写入 CSV")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """在已发布的快照上只读查询。"""
    from pipelines.console import table
    from warehouse import query
    from warehouse.serving import NotPublishedError

    try:
        if csv is not None:
            typer.echo(f"{query.export_csv(Home.at(home), statement, csv):,} rows in {csv}", err=True)
            return
        answer = query.ask(Home.at(home), statement, _PREVIEW_ROWS)
    except (query.QueryError, NotPublishedError) as error:
        raise fail(str(error)) from None
    table(answer.columns, answer.rows)
    if answer.is_cut:
        typer.secho(f"only the first {_PREVIEW_ROWS} rows are shown; --csv writes them all", fg="yellow", err=True)


@export.command("grades")
def export_grades(
    out: Annotated[Path, typer.Option(help="CSV 文件")],
    as_of: Annotated[str, typer.Option("--as-of", help="要求的截止日；与快照不符即报错")] = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """导出全部主体的等级（内部资料，不得公开）。"""
    from pipelines.run import export_grades as write
    from warehouse.serving import NotPublishedError

    try:
        typer.echo(f"{write(Home.at(home), out, as_of):,} rows in {out}", err=True)
    except (NotPublishedError, ValueError) as error:
        raise fail(str(error)) from None


@app.command()
def reveal(
    plan: Annotated[str, typer.Argument(help="抽查计划编号，如 annual-2026-10-31")],
    value: Annotated[str, typer.Option(help="该方揭示的数值")],
    actor: Annotated[str, typer.Option(help="谁")],
    reason: Annotated[str, typer.Option(help="为什么")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """登记一方为抽查计划揭示的数值；下一次刷新用它生成种子。"""
    from warehouse.state import State

    try:
        number = State(Home.at(home).state).record("reveal", plan, actor, reason, {"value": value})
    except ValueError as error:
        raise fail(str(error), 2) from None
    typer.echo(f"event {number} recorded for {plan}")


def main() -> None:
    """Entry point; quiets what libraries print about themselves."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    sys.exit(app())
