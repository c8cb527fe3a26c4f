"""The command `mingcha fit risk`: a risk scorecard from past inspections, as a dated policy file with its card.

Grades a home of its own as of each past month, then fits; a person adopts the result by committing it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines.options import DEFAULT_HOME, HomeOption, refreshing
from warehouse import backtest, rules
from warehouse.feed import load_feed
from warehouse.home import Home

commands = typer.Typer()
fit = typer.Typer(help="由历史检查结果拟合评分表", no_args_is_help=True)
commands.add_typer(fit, name="fit")


@fit.command("risk")
def fit_risk(
    feed: Annotated[list[str], typer.Option(help="数据包，可重复")],
    until: Annotated[str, typer.Option(help="所用检查结果的末日 YYYY-MM-DD；评分表自该日起有效")],
    out: Annotated[Path, typer.Option(help="写入评分表与说明卡的规则目录，可作 refresh --policy")],
    data: Annotated[Path | None, typer.Option(help="来源文件所在目录；缺省用本安装已存档的报送文件")] = None,
    policy: Annotated[Path | None, typer.Option(help="替换内置规则的目录")] = None,
    months: Annotated[int, typer.Option(min=6, help="学习用的月数")] = 24,
    rounds: Annotated[int, typer.Option(min=1, help="自助抽样与置换检验次数")] = 1000,
    seed: Annotated[int, typer.Option(help="随机种子")] = 1,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """拟合风险评分表：分箱、单调、少量指标；只用截至 --until 的数据，逐月回到当时评级。"""
    from pipelines import fit_report
    from pipelines.console import watching
    from pipelines.run import grade_once
    from pipelines.standing import FEEDS
    from warehouse.fit import fit_scorecard

    opened = Home.at(home)
    with refreshing():
        last = date.fromisoformat(until)
        overlay = policy or fit_report.adopted(out)
        used = rules.of_run([load_feed(FEEDS / name) for name in feed], overlay)
        first = _months_before(last, months)
        days = backtest.as_of_days(first, last, is_monthly=True)
        observed = []
        with backtest.workshop(opened, feed) as work:
            for number, (as_of, held_against) in enumerate(days, start=1):
                typer.echo(f"month {number}/{len(days)}: values as of {as_of}, outcomes until {held_against}", err=True)
                with watching() as watch:
                    grade_once(work, feed, data, str(as_of), overlay, watch)
                observed.append(backtest.observe_values(work, held_against))
            register = backtest.register_values(work)
        told = {"feeds": feed, "until": until, "first_as_of": str(days[0][0]), "months": len(days)}
        fitted = fit_scorecard(observed, register, used.at(last), rounds, seed, told)
        written = fit_report.write(out, used, last, fitted)
    fit_report.show(fitted.card)
    typer.echo("\n".join(str(path) for path in written))


def _months_before(last: date, months: int) -> date:
    """Return the first day of so many months, of which the last one holds `last`."""
    whole = last.year * 12 + last.month - months
    return date(whole // 12, whole % 12 + 1, 1)
