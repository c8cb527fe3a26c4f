"""The command `mingcha backtest`: what grades of past days, and schedules, were worth afterwards.

Refreshes a home of its own to each past day, prints the report and keeps it; warehouse/backtest_report judges.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from models.evidence.verdict import CAPACITIES
from pipelines.options import DEFAULT_HOME, HomeOption, refreshing
from warehouse import backtest, backtest_report, rules
from warehouse.backtest_sample import Asked
from warehouse.feed import load_feed
from warehouse.home import Home

commands = typer.Typer()


@commands.command("backtest")
def run_backtest(
    feed: Annotated[list[str], typer.Option(help="数据包，可重复")],
    first: Annotated[str, typer.Option("--from", help="结果期首日 YYYY-MM-DD；等级截至其前一日")],
    last: Annotated[str, typer.Option("--to", help="结果期末日 YYYY-MM-DD")],
    data: Annotated[Path | None, typer.Option(help="来源文件所在目录；缺省用本安装已存档的报送文件")] = None,
    policy: Annotated[Path | None, typer.Option(help="替换内置规则的目录")] = None,
    schedule: Annotated[
        list[Path] | None, typer.Option(help="要比较的检查安排，可重复；CSV：entity_code 与 date 或 order")
    ] = None,
    monthly: Annotated[bool, typer.Option("--monthly", help="每月末重新评级，各月的检查按上月末的等级衡量")] = False,
    capacity: Annotated[list[float] | None, typer.Option(help="能查的比例（0–1），可重复；另加抽查计划的比例")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="自助抽样次数")] = 1000,
    seed: Annotated[int, typer.Option(help="自助抽样的随机种子")] = 1,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """回溯检验：过去某日的等级，用此后的检查结果衡量值多少；只用当日已知道的数据。"""
    from pipelines.console import watching
    from pipelines.evidence_report import show
    from pipelines.run import grade_once
    from pipelines.standing import FEEDS

    opened = Home.at(home)
    asked = Asked(tuple(capacity or CAPACITIES), rounds, seed)
    with refreshing():
        used = rules.of_run([load_feed(FEEDS / name) for name in feed], policy)
        days = backtest.as_of_days(date.fromisoformat(first), date.fromisoformat(last), is_monthly=monthly)
        schedules = {path.stem: backtest.read_schedule(path) for path in schedule or []}
        if not all(0 < share <= 1 for share in asked.capacities):
            raise backtest.BacktestError("--capacity is a share above 0 and up to 1")
        observed = []
        with backtest.workshop(opened, feed) as work:
            for as_of, until in days:
                with watching() as watch:
                    grade_once(work, feed, data, str(as_of), policy, watch)
                observed.append(backtest.observe(work, used, until))
        name = "-".join([*feed, first, last, *(["monthly"] if monthly else []), *([policy.name] if policy else [])])
        report = backtest_report.report(observed, schedules, asked, name)
    show(report)
    typer.echo(f"report in {backtest.keep(opened, report)}", err=True)
