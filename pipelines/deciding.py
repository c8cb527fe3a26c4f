"""The commands for decisions of people about an entity: `mingcha decide` and `mingcha decisions`.

Arguments and answers only; what a decision is stands in warehouse/decisions, its terms in models/casework.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from models.casework.calendar import CalendarError
from models.casework.decision_terms import DecisionTerms
from models.policy.loader import Policy
from pipelines.options import DEFAULT_HOME, WRONG_ARGUMENTS, HomeOption, fail
from warehouse import decisions, subject
from warehouse.home import Home
from warehouse.serving import NotPublishedError, ServingReader
from warehouse.state import State

decide = typer.Typer(no_args_is_help=True, help="登记对主体的人工决定：修复、认定、异议与申请、答复、撤回")
listing = typer.Typer()

Code = Annotated[str, typer.Argument(help="主体代码")]
Actor = Annotated[str, typer.Option(help="谁")]
Reason = Annotated[str, typer.Option(help="为什么，如文号")]
From = Annotated[str, typer.Option("--from", help="自哪天起 YYYY-MM-DD；缺省为今天")]
Kind = Annotated[
    str,
    typer.Option(help="objection 异议、human_review 人工复核、access 查阅、rectification 更正、deletion 删除"),
]
Record = Annotated[str, typer.Option(help="记录：penalty:<处罚决定编号> 或 abnormal_list:<列入编号>")]


@decide.command()
def repair(
    code: Code, record: Record, actor: Actor, reason: Reason, first: From = "", home: HomeOption = DEFAULT_HOME
) -> None:
    """登记一条记录的信用修复：自修复日起不再计入；不早于规则的最短公示期。"""
    with _told_plainly(), _reader(home) as reader:
        about = subject.find(reader, code)
        kind, _, number = record.partition(":")
        found = subject.credit_record(reader, about.entity_id, kind, number)
        day = _day(first)
        if day < (first_day := found.repairable_from or found.event_date):
            raise ValueError(f"{record} may be repaired from {first_day} at the earliest, not on {day}")
        made = decisions.record(
            _state(home),
            "repair",
            about.entity_id,
            actor,
            reason,
            day,
            about={"record_kind": kind, "record_id": number},
        )
    typer.echo(f"event {made} recorded for {code}; the next refresh reads it")


@decide.command()
def override(
    code: Code,
    pack: Annotated[str, typer.Option(help="credit 或 risk")],
    grade: Annotated[str, typer.Option(help="认定的等级")],
    until: Annotated[str, typer.Option(help="到哪天止（含）YYYY-MM-DD")],
    actor: Actor,
    reason: Reason,
    first: From = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """在期限内以人工认定的等级代替算出的等级；算出的等级仍然可见。"""
    with _told_plainly(), _reader(home) as reader:
        about, day, last = subject.find(reader, code), _day(first), date.fromisoformat(until)
        terms = DecisionTerms.from_policy(Policy.load().at(day))
        if last > (longest := terms.last_override_day(day)):
            raise ValueError(f"an override from {day} may hold until {longest} at the latest, not {last}")
        grades = subject.grades(reader, pack)
        if grade not in grades:
            raise ValueError(f"a grade of {pack} is one of {', '.join(grades) or 'nothing known'}, not {grade!r}")
        named = {"pack_id": pack, "grade": grade}
        made = decisions.record(_state(home), "override", about.entity_id, actor, reason, day, last, named)
    typer.echo(f"event {made} recorded for {code}; the next refresh reads it")


@decide.command()
def request(
    code: Code,
    kind: Annotated[
        str, typer.Option(help="objection 异议、human_review 人工复核、access 查阅、rectification 更正、deletion 删除")
    ],
    actor: Annotated[str, typer.Option(help="谁登记")],
    reason: Annotated[str, typer.Option(help="申请什么、为什么")],
    record: Annotated[str, typer.Option(help="所涉记录；缺省为等级本身")] = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """登记主体提出的异议或申请；答复时限按规则计算。"""
    with _told_plainly(), _reader(home) as reader:
        if kind not in decisions.REQUESTS:
            raise ValueError(f"a request is one of {', '.join(decisions.REQUESTS)}, not {kind!r}")
        about, named = subject.find(reader, code), {}
        if record:
            record_kind, _, number = record.partition(":")
            subject.credit_record(reader, about.entity_id, record_kind, number)
            named = {"record_kind": record_kind, "record_id": number}
        today = _day("")
        due = DecisionTerms.from_policy(Policy.load().at(today)).answer_due(kind, today)
        made = decisions.record(_state(home), kind, about.entity_id, actor, reason, today, about=named)
    typer.echo(f"event {made} recorded for {code}; to be answered by {due}")


@decide.command("answer")
def answer_request(
    number: Annotated[int, typer.Argument(help="申请的编号，见 mingcha decisions")],
    outcome: Annotated[str, typer.Option(help="granted 支持、partly_granted 部分支持、refused 不支持")],
    actor: Actor,
    reason: Reason,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """答复一项异议或申请；登记人不能自己答复。"""
    with _told_plainly():
        made = decisions.answer(_state(home), number, outcome, actor, reason)
    typer.echo(f"event {made} recorded")


@decide.command()
def withdraw(
    number: Annotated[int, typer.Argument(help="决定的编号，见 mingcha decisions")],
    actor: Actor,
    reason: Reason,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """撤回一项决定：自下一次刷新起不再适用，此前的等级不改写。"""
    with _told_plainly():
        made = decisions.withdraw(_state(home), number, actor, reason)
    typer.echo(f"event {made} recorded; the next refresh reads it")


@listing.command("decisions")
def list_decisions(
    is_open: Annotated[bool, typer.Option("--open", help="只列待答复的申请和仍然有效的决定")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """列出对主体的人工决定：谁、为什么、自何日至何日、答复与时限。"""
    with _told_plainly():
        today, policy = _day(""), Policy.load()
        shown = [d for d in decisions.listed(_state(home)) if not is_open or _is_open(d, today)]
        for made in shown:
            terms = DecisionTerms.from_policy(policy.at(made.decided_at.date()))
            typer.echo(_line(made, terms.answer_due(made.kind, made.decided_at.date())))
    typer.echo(f"{len(shown)} decisions" if shown else "no decision is listed", err=True)


def _line(made: decisions.Decision, due: date | None) -> str:
    about = " ".join(part for part in (made.pack_id, made.grade, made.record_kind, made.record_id) if part)
    if made.withdrawn_at:
        became = "withdrawn"
    elif made.kind not in decisions.REQUESTS:
        became = f"{made.valid_from} … {made.valid_to or ''}".rstrip()
    elif made.outcome:
        became = f"{made.outcome} by {made.answered_by}: {made.answer}"
    else:
        became = f"answer due {due}"
    named = f"{made.decision_no}  {made.kind}  entity {made.entity_id}  {about}".rstrip()
    return f"{named}  {made.actor}: {made.reason}  [{became}]"


def _is_open(made: decisions.Decision, today: date) -> bool:
    if made.kind in decisions.REQUESTS:
        return made.outcome is None and made.withdrawn_at is None
    return made.is_valid_on(today)


def _day(told: str) -> date:
    return date.fromisoformat(told) if told else datetime.now(UTC).astimezone().date()


def _state(home: Path) -> State:
    return State(Home.at(home).state)


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
