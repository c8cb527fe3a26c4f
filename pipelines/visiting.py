"""The commands after a draw: `mingcha visits` and `mingcha publication`.

Arguments and answers only; the work is done in warehouse/visit_register, visit_files, visit_results and publication.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from models.policy.loader import Policy
from pipelines.options import BROKEN_DELIVERY, DEFAULT_HOME, HomeOption, fail
from pipelines.planning import reading, told_plainly
from warehouse import publication, visit_due, visit_files, visit_register, visit_results
from warehouse.feed import load_feed
from warehouse.frozen_plan import read_frozen
from warehouse.home import Home

visits = typer.Typer(no_args_is_help=True, help="抽签之后：任务包与通知、变更、结果、复查")
publishing = typer.Typer(no_args_is_help=True, help="结果公示：时限、公示文件、逾期")

VisitId = Annotated[str, typer.Argument(help="上门编号，即 计划编号:主体代码")]
Actor = Annotated[str, typer.Option(help="谁")]
Reason = Annotated[str, typer.Option(help="为什么，如文号")]
Since = Annotated[str, typer.Option("--since", help="只看这一天以来的 YYYY-MM-DD；缺省为 90 天以来")]


@visits.command()
def issue(
    plan: Annotated[str, typer.Argument(help="已冻结的计划编号")],
    drawn: Annotated[Path, typer.Option(help="抽签结果：全文版抽查包，或含 visits.csv、teams.csv 的目录")],
    out: Annotated[Path, typer.Option(help="任务包与通知写到哪个新目录")],
    with_pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="另写 PDF 的名单与通知")] = True,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """登记抽中的上门检查，写出每名执法人员的任务包、每户的通知和名单（JSON、CSV、Excel、PDF）。"""
    with told_plainly(), reading(home) as reader:
        opened = Home.at(home)
        visit_register.issue(opened, plan, drawn)
        frozen = read_frozen(visit_register.plan_folder(opened, plan))
        made = visit_files.write(out, reader, frozen, visit_register.issued(opened, plan), with_pdf=with_pdf)
    typer.echo(f"{made['notices']:,} visits, {made['packages']:,} packages in {out}")


@visits.command()
def change(
    visit: VisitId,
    actor: Actor,
    reason: Reason,
    inspector: Annotated[list[str] | None, typer.Option(help="改派的执法人员编号，可重复；写全整个检查组")] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="取消这次上门（如主体已注销）")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """改派检查组或取消一次上门：须写明谁、为什么；不合法的检查组（回避、证件、专业、区划）不予登记。"""
    with told_plainly():
        if cancel == bool(inspector):
            raise ValueError("give either --inspector (the whole team) or --cancel")
        opened = Home.at(home)
        if cancel:
            number = visit_register.cancel(opened, visit, actor, reason)
        else:
            number = visit_register.change_team(opened, visit, inspector or [], actor, reason)
    typer.echo(f"event {number} recorded for {visit}")


@visits.command()
def results(
    file: Annotated[Path, typer.Argument(help="结果文件：.csv、.json 或 .jsonl，格式见 docs/visit_interface.md")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """收取检查结果：逐行核对，不能用的行连同原因进隔离；有隔离时退出码为 3。"""
    from pipelines.standing import FEEDS

    with told_plainly():
        opened = Home.at(home)
        took = visit_results.receive(opened, file, _today(), load_feed(FEEDS / "visit_results"))
    parts = f"{took.accepted:,} accepted + {took.quarantined:,} quarantined + {took.repeated:,} repeated"
    typer.echo(f"{took.delivered:,} delivered = {parts}")
    if took.quarantined:
        told = ", ".join(f"{reason} {count:,}" for reason, count in took.reasons.items())
        raise fail(f"quarantined: {told}; see {opened.results / 'quarantined.jsonl'}", BROKEN_DELIVERY)


@visits.command()
def due(home: HomeOption = DEFAULT_HOME) -> None:
    """列出还没有结果的上门和应当复查的发现，各附期限。"""
    with told_plainly():
        opened, policy, today = Home.at(home), Policy.load(), _today()
        waiting, again = visit_due.awaited(opened, policy), visit_due.rechecks(opened, policy)
    for visit, day in waiting:
        typer.echo(
            f"{day}{'  overdue' if day < today else ''}  result  {visit.visit_id}  {';'.join(visit.inspector_ids)}"
        )
    for result, day in again:
        typer.echo(f"{day}{'  overdue' if day < today else ''}  recheck  {result.visit_id}  {result.check_item_id}")
    typer.echo(f"{len(waiting):,} results and {len(again):,} re-checks to come", err=True)


@publishing.command("list")
def list_publication(
    is_overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期未公示的")] = False,
    since: Since = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """列出应公示（或撤下）的检查结果与处罚：应公示日、是否已公示、是否逾期。"""
    with told_plainly(), reading(home) as reader:
        today = _today()
        found = publication.listed(Home.at(home), reader, Policy.load(), _since(since))
        shown = [one for one in found if one.is_overdue(today) or not is_overdue]
    for one in shown:
        state = (
            f"published {one.published_on}" if one.published_on else "overdue" if one.is_overdue(today) else "waiting"
        )
        typer.echo(f"{one.due_on}  {state}  {one.kind}  {one.record_id}  {one.entity_code}")
    typer.echo(f"{len(shown):,} listed, {sum(one.is_overdue(today) for one in found):,} overdue", err=True)


@publishing.command("write")
def write_publication(
    out: Annotated[Path, typer.Option(help="公示文件：新的 .csv 或 .xlsx")],
    actor: Actor,
    reason: Reason,
    since: Since = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """写出尚未公示的全部内容（不含等级与分层），并登记为已公示。"""
    with told_plainly(), reading(home) as reader:
        opened = Home.at(home)
        found = publication.listed(opened, reader, Policy.load(), _since(since))
        waiting = [one for one in found if one.published_on is None]
        number = publication.write(opened, waiting, out, actor, reason, _today())
    typer.echo(f"{len(waiting):,} rows in {out}; event {number} recorded")


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


def _since(told: str) -> date:
    return date.fromisoformat(told) if told else _today() - timedelta(days=90)
