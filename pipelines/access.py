"""The commands `mingcha user`, `mingcha wall` and `mingcha audit`: arguments and printing.

Accounts, tokens and the audit are kept by warehouse/users, sign_ins and audit; the pages have their own sign-in.
"""

from __future__ import annotations

import csv
import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Annotated

import typer

from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from pipelines.options import DEFAULT_HOME, WRONG_ARGUMENTS, HomeOption, fail
from warehouse.audit import KINDS, Audit, Entry
from warehouse.home import Home
from warehouse.sign_ins import SignIns
from warehouse.stewardship import Steward
from warehouse.users import UserError, Users

users = typer.Typer(no_args_is_help=True, help="登录账户")
walls = typer.Typer(no_args_is_help=True, help="大屏令牌（只读、可撤销）")
auditing = typer.Typer(no_args_is_help=True, help="审计：谁在何时从何处做了什么")

NameArgument = Annotated[str, typer.Argument(help="用户名")]
RoleOption = Annotated[str, typer.Option(help="leader 领导、regulator 监管、analyst 分析、admin 管理员")]
ReasonOption = Annotated[str, typer.Option(help="理由，记入审计")]
DistrictOption = Annotated[list[str] | None, typer.Option("--district", help="区县代码，可重复；缺省为全部")]
DepartmentOption = Annotated[list[str] | None, typer.Option("--department", help="部门编号，可重复；缺省为全部")]


def note(home: Home, kind: str, subject: str, result: str = "ok", **details: object) -> None:
    """Write down what was done on the command line, by the user of the operating system."""
    audit = Audit(home.audit)
    audit.record(kind, f"os:{getpass.getuser()}", subject, result, "", "command line", **details)


def export_analyst(
    out: Annotated[Path, typer.Option(help="新的 DuckDB 文件")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """导出去标识化分析文件：无名称、代码、住所与记录编号，主体以一次性假名相连。"""
    from warehouse import analyst_file
    from warehouse.serving import NotPublishedError

    opened = Home.at(home)
    try:
        counts = analyst_file.write(opened, out)
    except (NotPublishedError, ValueError) as error:
        raise fail(str(error)) from None
    note(opened, "export", "analyst file", rows=sum(counts.values()), file=out.name)
    typer.echo(f"{sum(counts.values()):,} rows of {len(counts)} tables in {out}", err=True)


@users.command("add")
def add(
    name: NameArgument,
    role: RoleOption,
    person: Annotated[str, typer.Option(help="姓名")] = "",
    department: DepartmentOption = None,
    district: DistrictOption = None,
    reason: ReasonOption = "命令行",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """增加一个账户，显示一次性口令。"""
    with _refusals():
        viewer = Viewer.granted(role, department or (), district or ())
        _tell_once(name, _steward(home).add(name, person, viewer, reason))


@users.command("reset")
def reset(name: NameArgument, reason: ReasonOption = "命令行", home: HomeOption = DEFAULT_HOME) -> None:
    """重置口令并启用账户，其登录全部失效；显示新的一次性口令。"""
    with _refusals():
        _tell_once(name, _steward(home).reset(name, reason))


@users.command("change")
def change(
    name: NameArgument,
    role: RoleOption,
    department: DepartmentOption = None,
    district: DistrictOption = None,
    reason: ReasonOption = "命令行",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """改变账户的角色与范围，其登录立即失效。"""
    with _refusals():
        _steward(home).change(name, Viewer.granted(role, department or (), district or ()), reason)
    typer.echo(f"{name} is changed")


@users.command("disable")
def disable(name: NameArgument, reason: ReasonOption = "命令行", home: HomeOption = DEFAULT_HOME) -> None:
    """停用账户，其登录立即失效。"""
    with _refusals():
        _steward(home).disable(name, reason)
    typer.echo(f"{name} is disabled")


@users.command("enable")
def enable(name: NameArgument, reason: ReasonOption = "命令行", home: HomeOption = DEFAULT_HOME) -> None:
    """启用账户，并解除因连续失败的锁定；口令不变。"""
    with _refusals():
        _steward(home).enable(name, reason)
    typer.echo(f"{name} is enabled")


@users.command("list")
def listed(home: HomeOption = DEFAULT_HOME) -> None:
    """列出账户、角色与范围。"""
    from pipelines.console import table

    rows = [
        (
            one.user_name, one.person_name, one.viewer.role,
            _scope(one.viewer.departments), _scope(one.viewer.districts),
            "disabled" if one.is_disabled else "one-time password" if one.must_change else "active",
        )
        for one in _opened(home)[1].listed()
    ]  # fmt: skip
    table(["user", "person", "role", "departments", "districts", "state"], rows)


@walls.command("allow")
def allow(
    name: Annotated[str, typer.Argument(help="大屏名称")],
    address: Annotated[str, typer.Option(help="只允许来自此地址或网段，如 10.1.2.0/24")] = "",
    district: DistrictOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """允许一块大屏只读查看，显示一次其令牌。"""
    opened, found = _opened(home)
    viewer = Viewer("wall", None, None if district is None else frozenset(district))
    try:
        token = SignIns(opened.users, found, SignInTerms.today()).allow_wall(name, viewer, address or None)
    except UserError as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    note(opened, "wall_token", name, "allowed", network=address, districts=district)
    typer.echo(f"在大屏上打开一次（只显示这一次）：/screen/enter/{token}")


@walls.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(help="大屏名称")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """撤销一块大屏的令牌，立即生效。"""
    opened, found = _opened(home)
    try:
        SignIns(opened.users, found, SignInTerms.today()).revoke_wall(name)
    except UserError as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    note(opened, "wall_token", name, "revoked")
    typer.echo(f"{name} is revoked")


@walls.command("list")
def wall_list(home: HomeOption = DEFAULT_HOME) -> None:
    """列出大屏、允许的网段与到期时刻（UTC）。"""
    from pipelines.console import table

    opened, found = _opened(home)
    rows = [
        (one.name, one.address or "any", _scope(one.viewer.districts), one.made_at, one.until)
        for one in SignIns(opened.users, found, SignInTerms.today()).walls()
    ]
    table(["wall", "address", "districts", "made at", "until"], rows)


@auditing.command("list")
def audit_list(
    kind: Annotated[str, typer.Option(help=f"行为：{', '.join(KINDS)}")] = "",
    actor: Annotated[str, typer.Option(help="用户")] = "",
    since: Annotated[str, typer.Option(help="起始时刻（UTC），如 2026-01-31")] = "",
    limit: Annotated[int, typer.Option(help="最多条数")] = 50,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """列出最近的审计记录，新的在前。"""
    from pipelines.console import table

    found = Audit(Home.at(home).audit).entries(kind=kind, actor=actor, since=since, limit=limit)
    rows = [(e.audit_no, e.at, e.kind, e.actor, e.role, e.address, e.subject, e.result) for e in found]
    table(["no", "at (UTC)", "kind", "actor", "role", "from", "subject", "result"], rows)


@auditing.command("export")
def audit_export(
    out: Annotated[Path, typer.Option(help="新的 CSV 文件")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """导出全部审计记录（含校验链），供留存与检查。"""
    opened = Home.at(home)
    try:
        with out.open("x", newline="", encoding="utf-8-sig") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow([one.name for one in fields(Entry)])
            count = 0
            for entry in Audit(opened.audit).everything():
                row = [json.dumps(v, ensure_ascii=False) if isinstance(v, dict) else v for v in astuple(entry)]
                # A name that somebody typed at the sign-in must not run as a formula in a spreadsheet.
                writer.writerow([f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t\r" else v for v in row])
                count += 1
    except OSError as error:
        raise fail(f"{out}: {error.strerror}; name a new file", WRONG_ARGUMENTS) from None
    out.chmod(0o600)
    note(opened, "audit", out.name, rows=count)
    typer.echo(f"{count:,} rows in {out}", err=True)


@auditing.command("check")
def audit_check(home: HomeOption = DEFAULT_HOME) -> None:
    """核对审计记录链：是否有记录被改动或抽走。"""
    broken = Audit(Home.at(home).audit).broken()
    if broken is not None:
        raise fail(f"entry {broken} does not follow from the one before it: the audit was changed outside Mingcha")
    typer.echo("every entry follows from the one before it")


def _opened(home: Path) -> tuple[Home, Users]:
    opened = Home.at(home)
    return opened, Users(opened.users, SignInTerms.today())


def _steward(home: Path) -> Steward:
    return Steward(Home.at(home), f"os:{getpass.getuser()}", "", "command line")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None


def _scope(values: frozenset[str] | None) -> str:
    return "all" if values is None else ", ".join(sorted(values)) or "none"


def _tell_once(name: str, password: str) -> None:
    typer.echo(f"用户 {name} 的一次性口令（只显示这一次）：{password}")
