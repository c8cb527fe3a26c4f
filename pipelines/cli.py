"""The command `mingcha`. Reads arguments and shows progress and results; the work is done elsewhere.

Exit codes: 0 done · 1 failed · 2 wrong arguments · 3 done, but a delivery could not be read · 75 another refresh holds
this home (try again later).
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines import (
    access,
    asking,
    casework,
    deciding,
    drawing,
    evidence,
    explaining,
    fitting,
    grading,
    operations,
    planning,
    privacy,
    serving,
    text_review,
    texting,
    visiting,
)
from pipelines.options import BROKEN_DELIVERY, DEFAULT_HOME, TRY_LATER, HomeOption, fail, refreshing
from warehouse.engine import MEMORY_LIMIT
from warehouse.home import Home, HomeBusyError

_COLLECTED_AFTER = (50_000, 20, 100)  # new objects, then rounds of the younger generation; Python's own first is 700

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="明察：市场监管数据分析与监管平台", pretty_exceptions_enable=False
)
export = typer.Typer(no_args_is_help=True, help="导出已发布的数据")
app.add_typer(export, name="export")
review = typer.Typer(no_args_is_help=True, help="人工核对主体关联")
app.add_typer(review, name="review")
app.add_typer(operations.commands)
app.add_typer(drawing.commands)
app.add_typer(deciding.decide, name="decide")
app.add_typer(deciding.listing)
app.add_typer(explaining.commands)
app.add_typer(privacy.commands)
app.add_typer(access.users, name="user")
app.add_typer(access.walls, name="wall")
app.add_typer(access.auditing, name="audit")
app.add_typer(evidence.commands)
app.add_typer(fitting.commands)
app.add_typer(casework.commands)
app.add_typer(casework.warnings, name="warning")
app.add_typer(casework.reports, name="report")
app.add_typer(grading.grades, name="grades")
app.add_typer(grading.policy, name="policy")
app.add_typer(texting.commands)
app.add_typer(planning.plan, name="plan")
app.add_typer(visiting.visits, name="visits")
app.add_typer(visiting.publishing, name="publication")
quarantine = typer.Typer(no_args_is_help=True, help="查看与更正不能使用的报送行")
app.add_typer(quarantine, name="quarantine")


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
    memory: Annotated[str, typer.Option(help="引擎内存上限")] = MEMORY_LIMIT,
    again: Annotated[bool, typer.Option("--again", help="没有变化时也重新发布")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """装载、计算并发布一次；报送、决定、规则都没有变化时，当天已发布的一次仍然有效。"""
    from pipelines import logs
    from pipelines.console import summary, watching
    from pipelines.standing import standing_run
    from warehouse.status import broken_loads

    with refreshing():
        if as_of:
            date.fromisoformat(as_of)
        logs.start(Home.at(home))
        stands = standing_run(Home.at(home), feed, data, as_of, policy, again)
        if stands and stands.is_left:
            typer.echo(f"nothing has changed: run {stands.run_id} stands (--again publishes anew)")
            return
        from pipelines.run import refresh_once

        with watching() as watch:
            status = refresh_once(Home.at(home), feed, data, as_of, policy, watch, memory, stands)
    summary(status)
    if broken := broken_loads(status["loads"]):
        told = ", ".join(f"{load['source_id']}: {load['file_name']}" for load in broken)
        raise fail(f"published without what could not be read: {told}; have it delivered again", BROKEN_DELIVERY)


app.command()(serving.serve)


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


app.command()(asking.sql)


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
        count = write(Home.at(home), out, as_of)
    except (NotPublishedError, ValueError) as error:
        raise fail(str(error)) from None
    access.note(Home.at(home), "export", "grades", rows=count, file=out.name)
    typer.echo(f"{count:,} rows in {out}", err=True)


export.command("analyst")(access.export_analyst)


@app.command()
def match(
    left: Annotated[Path, typer.Option(help="名单一：CSV（UTF-8）或 Parquet")],
    left_id: Annotated[str, typer.Option("--left-id", help="名单一的编号列")],
    right: Annotated[Path, typer.Option(help="名单二：CSV（UTF-8）或 Parquet")],
    right_id: Annotated[str, typer.Option("--right-id", help="名单二的编号列；同一编号可有多行")],
    out: Annotated[Path, typer.Option(help="结果 CSV：left_id, right_id, probability")],
    columns: Annotated[Path | None, typer.Option(help="YAML：left 与 right 各列出 name、address 等对应的列名")] = None,
    least: Annotated[float | None, typer.Option(help="最低概率；缺省取规则 matching.pair_probability")] = None,
    many: Annotated[bool, typer.Option("--many", help="名单一的一行可对应名单二的多行")] = False,
) -> None:
    """比对两份名单，找出同一经营主体。"""
    from models.matching.headers import HeaderError
    from models.policy.loader import Policy
    from warehouse.linking import pairs

    try:
        given = pairs.columns_by_hand(columns)
        if least is None:
            least = float(Policy.load().at(datetime.now(UTC).date()).value("matching.pair_probability"))
        found = pairs.match(
            pairs.Side(left, left_id, given["left"]),
            pairs.Side(right, right_id, given["right"]),
            least,
            is_one_to_one=not many,
        )
    except (pairs.PairsError, HeaderError) as error:
        raise fail(str(error), 2) from None
    found.write_csv(out, float_precision=6)
    typer.echo(f"{len(found):,} pairs in {out}", err=True)


@review.command("list")
def review_list(
    csv: Annotated[Path | None, typer.Option(help="全部写入 CSV")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """列出待核对的称谓及其候选主体。"""
    from warehouse.linking.verdicts import OPEN

    asking.sql(OPEN, csv, home=home)


@review.command("decide")
def review_decide(
    review_id: Annotated[str, typer.Argument(help="核对编号，见 review list")],
    candidate: Annotated[str, typer.Option(help="候选主体代码")],
    verdict: Annotated[str, typer.Option(help="same（同一主体）或 different（不同主体）")],
    actor: Annotated[str, typer.Option(help="谁")],
    reason: Annotated[str, typer.Option(help="为什么")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """登记一条核对结论；下一次刷新采用，原始数据不变。"""
    from warehouse.linking import verdicts
    from warehouse.serving import NotPublishedError, ServingReader
    from warehouse.state import State

    found = Home.at(home)
    try:
        mention_key, entity_id = verdicts.find(ServingReader(found.root), review_id, candidate)
        number = verdicts.decide(State(found.state), mention_key, entity_id, verdict, actor, reason)
    except (NotPublishedError, ValueError) as error:
        raise fail(str(error), 2) from None
    typer.echo(f"event {number} recorded for {mention_key}")


review.command("texts")(text_review.texts)
review.command("text")(text_review.text)


@quarantine.command("list")
def quarantine_list(
    source: Annotated[str, typer.Option(help="只看一个来源")] = "",
    limit: Annotated[int, typer.Option(help="最多行数")] = 50,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """列出隔离行及报送原文（可能含个人信息，只在服务器上看）。"""
    from warehouse.correction import CorrectionError, listed

    try:
        rows = listed(Home.at(home), source, limit)
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except CorrectionError as error:
        raise fail(str(error)) from None
    for row in rows:
        reason = f"{row['reason_code']}:{row['reason_column']}"
        typer.echo(f"{row['load_id']} {row['row_number']}  {row['file_name']}  {reason}\n    {row['original']}")
    typer.echo(f"{len(rows)} rows" if rows else "no row is in quarantine", err=True)


@quarantine.command("correct")
def quarantine_correct(
    load_id: Annotated[str, typer.Argument(help="装载批次，见 list")],
    row_number: Annotated[int, typer.Argument(help="文件行号，见 list")],
    values: Annotated[
        str, typer.Argument(help='JSON：报送列 → 更正后的文本（null 为置空），如 \'{"登记日期": "2026-01-09"}\'')
    ],
    actor: Annotated[str, typer.Option(help="谁")],
    reason: Annotated[str, typer.Option(help="为什么，如来源单位来函文号")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """更正一个隔离行；下一次刷新重放，原文与更正人保留。"""
    from warehouse.correction import correct

    try:
        number = correct(Home.at(home), load_id, row_number, json.loads(values), actor, reason)
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except ValueError as error:
        raise fail(str(error), 2) from None
    typer.echo(f"event {number} recorded; the next refresh replays it")


def main() -> None:
    """Entry point; quiets what libraries print about themselves, and keeps the collector out of their way.

    Looking for cycles among the million objects that imports leave took a fifth of a short refresh, and once more at
    the end of the process, which gives everything back anyway.
    """
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    gc.set_threshold(*_COLLECTED_AFTER)
    atexit.register(gc.freeze)
    sys.exit(app())
