"""The command `mingcha erase`: makes one person's rows anonymous everywhere in a home, and publishes what is left.

Arguments and order only; what is rewritten, and how, stands in warehouse/erasure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import logs
from pipelines.options import DEFAULT_HOME, TRY_LATER, WRONG_ARGUMENTS, HomeOption, fail
from warehouse import erasure, status
from warehouse.home import Home, HomeBusyError

commands = typer.Typer()


@commands.command()
def erase(
    subject: Annotated[str, typer.Argument(help="个体工商户的代码；与 --inspector 同用时为执法人员编号")],
    actor: Annotated[str, typer.Option(help="谁")],
    reason: Annotated[str, typer.Option(help="为什么，如申请编号、法律依据")],
    is_inspector: Annotated[bool, typer.Option("--inspector", help="匿名化一名执法人员")] = False,
    policy: Annotated[Path | None, typer.Option(help="刷新所用的规则目录；缺省为内置规则")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """匿名化一名自然人的数据：原始报送、台账、存档、人工决定与快照；不可恢复。"""
    from pipelines.console import watching
    from pipelines.options import RefreshError
    from pipelines.run import refresh_once
    from pipelines.standing import FEEDS
    from warehouse.feed import load_feed

    opened = Home.at(home)
    try:
        logs.start(opened)
        info = status.published(opened)
        if info is None:
            raise fail(f"nothing is published in {home}; run `mingcha refresh` first")
        feeds = str(info["feeds"]).split(";")
        packs = dict.fromkeys([*feeds, "visit_results"])  # results of visits are there even where no run read them yet
        with opened.writing():
            plan = erasure.pending(opened)
            if plan is None:
                plan = (erasure.inspector if is_inspector else erasure.proprietor)(opened, subject)
            done = erasure.carry_out(opened, [load_feed(FEEDS / name) for name in packs], plan, actor, reason)
        opened.landing.mkdir(exist_ok=True, mode=0o700)  # a refresh needs nothing new, but a place to look
        with watching() as watch:
            refresh_once(opened, feeds, None, str(info["as_of"]), policy, watch)
        with opened.writing():
            gone = erasure.finish(opened)
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except RefreshError as error:
        raise fail(f"{error}; run the same command again to carry on") from None
    except ValueError as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    logs.tell("erased", delivered_files=done.delivered, grade_files=done.grade_files, snapshots=len(gone))
    typer.echo(
        f"{done.delivered} delivered files, {done.grade_files} files of grades and {done.events} events rewritten;"
        f" {len(gone)} snapshots removed"
    )
    if plan.shared:
        typer.echo(f"{len(plan.shared)} names or addresses are those of others too and were left where they stand")
    typer.echo("backups made before, and bundles of public draws, still hold the code: see docs/privacy.md")
