"""The commands of a draw: `mingcha commit`, `announce`, `reveal`, `refuse`, `draw`, `verify` and `proof`.

Arguments and answers only; the order of the steps stands in warehouse/ceremony, the protocol in docs/draw_protocol.md.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.options import DEFAULT_HOME, WRONG_ARGUMENTS, HomeOption, fail
from warehouse.ceremony import Ceremony, Who, new_reveal, read_reveal, write_reveal
from warehouse.home import Home
from warehouse.typeset import FontMissingError

commands = typer.Typer()

Plan = Annotated[str, typer.Argument(help="计划编号，或冻结计划的目录")]
Party = Annotated[str, typer.Option(help="参与方名称，如 纪检监察组")]
Actor = Annotated[str, typer.Option(help="谁")]
Reason = Annotated[str, typer.Option(help="为什么，如文号")]


@commands.command()
def commit(
    plan: Plan,
    party: Party,
    actor: Actor,
    reason: Reason,
    value: Annotated[str, typer.Option(help="该方选的值，任意一行文字；与 --out 同用")] = "",
    out: Annotated[Path | None, typer.Option(help="把值与随机盐写入此文件，由该方保管到揭示")] = None,
    sealed: Annotated[str, typer.Option(help="或：该方自己算好的密封值（64 位十六进制）")] = "",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """交存一方的密封值；须在公布承诺书之前。"""
    with _told_plainly():
        ceremony = Ceremony.of(Home.at(home), plan)
        if bool(sealed) == bool(value and out):
            raise ValueError("give either --value with --out, or --sealed")
        secret = None if sealed or out is None else new_reveal(party, value)
        number = ceremony.coming_round
        if secret is not None and out is not None:
            sealed = secret.commitment(ceremony.plan_id, number)
            write_reveal(out, ceremony.plan_id, number, secret)
        ceremony.commit(party, sealed, Who(actor, reason))
    typer.echo(f"{sealed}  sealed value of {party} for round {number} of {ceremony.plan_id}")


@commands.command()
def announce(
    plan: Plan,
    reveal_by: Annotated[str, typer.Option("--reveal-by", help="各方最迟哪天揭示 YYYY-MM-DD")],
    actor: Actor,
    reason: Reason,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """冻结：写出承诺书（名录根、户数、密封值、规则与验证程序的摘要），揭示前公布其摘要。"""
    with _told_plainly():
        path, digest = Ceremony.of(Home.at(home), plan).announce(date.fromisoformat(reveal_by), Who(actor, reason))
    typer.echo(f"{digest}  publish this digest and {path} before anybody reveals")


@commands.command()
def reveal(
    plan: Plan,
    file: Annotated[Path, typer.Option(help="commit 写出的文件")],
    actor: Actor,
    reason: Reason,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """揭示一方的值；与其密封值不符即拒绝，承诺书公布之前也拒绝。"""
    with _told_plainly():
        given = read_reveal(file)
        Ceremony.of(Home.at(home), plan).reveal(given, Who(actor, reason))
    typer.echo(f"the value of {given.party} fits its commitment")


@commands.command()
def refuse(plan: Plan, party: Party, actor: Actor, reason: Reason, home: HomeOption = DEFAULT_HOME) -> None:
    """一方逾期未揭示：本轮作废，该方不得再参加；其余各方重新密封，再公布下一轮承诺书。"""
    with _told_plainly():
        today = datetime.now(UTC).astimezone().date()
        number = Ceremony.of(Home.at(home), plan).refuse(party, today, Who(actor, reason))
    typer.echo(f"round {number} is void; the other parties seal new values, then announce round {number + 1}")


@commands.command()
def draw(
    plan: Annotated[str, typer.Option(help="计划编号，或冻结计划的目录")],
    out: Annotated[Path, typer.Option(help="审计版 zip：含分层与等级信息，不得公开")],
    reveal: Annotated[list[Path] | None, typer.Option(help="commit 写出的文件，可重复；已揭示的不必再给")] = None,
    public: Annotated[Path | None, typer.Option(help="公开版 zip；缺省在审计版旁，名字加 -public")] = None,
    actor: Annotated[str, typer.Option(help="谁；缺省为登录名")] = "",
    reason: Annotated[str, typer.Option(help="为什么，如文号")] = "按计划抽取",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """抽取对象与检查人员，写出审计版与公开版核验包；同一计划再抽一次，字节相同。"""
    with _told_plainly():
        who = Who(actor or getpass.getuser(), reason)
        ceremony = Ceremony.of(Home.at(home), plan)
        for path in reveal or []:
            ceremony.reveal(read_reveal(path), who)
        open_edition = public or out.with_name(f"{out.stem}-public{out.suffix}")
        told = ceremony.draw(out, open_edition, who)
    typer.echo(f"announcement {told['announcement']}\nauditors     {out} (manifest {told['auditors_manifest']})")
    typer.echo(f"public       {open_edition}")


@commands.command()
def verify(
    bundle: Annotated[Path, typer.Argument(help="核验包：zip 或目录，审计版或公开版")],
    announced: Annotated[str, typer.Option(help="公布过的承诺书摘要；给出即核对")] = "",
    proof: Annotated[list[Path] | None, typer.Option(help="在册证明，可重复")] = None,
) -> None:
    """核验一个抽查包；全部成立才以 0 退出。"""
    from models.sampling import verify as verifier

    code = verifier.main([str(bundle), *([announced] if announced else []), *map(str, proof or [])])
    if code:
        raise typer.Exit(code)


@commands.command()
def proof(
    plan: Plan,
    entity: Annotated[str, typer.Option(help="主体代码")],
    out: Annotated[Path, typer.Option(help="证明写入此文件；多个任务时依次加编号")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """写出一个主体在册（抽取前已在冻结名录里）的证明；不含其分层，也不涉及他人。"""
    with _told_plainly():
        found = Ceremony.of(Home.at(home), plan).prove(entity)
        for number, told in enumerate(found, start=1):
            path = out if number == 1 else out.with_name(f"{out.stem}-{number}{out.suffix}")
            path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            typer.echo(f"{path}  {told['task_id']}")


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except (ValueError, FileExistsError, FileNotFoundError) as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    except FontMissingError as error:
        raise fail(str(error)) from None
