"""What the page 账户 shows and does: accounts with their state and last sign-in, and what an administrator does.

Not here: who may come to the page (`models/access`), and the acts themselves (`warehouse/stewardship`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from dashboards import data
from dashboards.door import Door
from dashboards.formats import instant
from dashboards.person import signed_in
from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from warehouse.audit import Audit
from warehouse.stewardship import Steward
from warehouse.users import User, UserError, Users


@dataclass(frozen=True)
class Account:
    """One account as it stands now: what state it is in (`tone` of a badge) and when its person last came in."""

    user: User
    state: str
    tone: str
    last: str


@dataclass(frozen=True)
class Form:
    """What an administrator filled in."""

    user_name: str
    person_name: str
    role: str
    departments: Sequence[str]
    districts: Sequence[str]
    why: str


def accounts(door: Door) -> list[Account]:
    """Every account, by name."""
    last = Audit(door.home.audit).latest("sign_in")
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    users = Users(door.home.users, SignInTerms.today()).listed()
    return [Account(user, *_state(user, now), _moment(last.get(user.user_name))) for user in users]


def departments(door: Door) -> dict[str, str]:
    """Names of departments by number, as far as a snapshot is there to name them."""
    return data.departments(door) if _has(door) else {}


def districts(door: Door) -> dict[str, str]:
    """Names of districts by code, as far as a snapshot is there to name them."""
    return data.district_names(door) if _has(door) else {}


def act(door: Door, kind: str, form: Form) -> tuple[str, str]:
    """Do what an administrator asks; return what was done, and the one-time password where there is a new one.

    Raises:
        UserError: it cannot be done; the message says why.
    """
    person = signed_in()
    if person is None:
        raise UserError("没有登录的人不能管理账户")
    steward = Steward(door.home, person.user.user_name, door.viewer.role, request.remote_addr or "")
    name, why = form.user_name.strip(), form.why
    if kind == "add":
        return f"已建立账户 {name}", steward.add(name, form.person_name.strip(), _granted(form), why)
    if kind == "reset":
        return f"已重置 {name} 的口令，其登录已全部失效", steward.reset(name, why)
    if kind == "change":
        steward.change(name, _granted(form), why)
        return f"已改变 {name} 的角色与范围，其登录已全部失效", ""
    if kind == "disable":
        steward.disable(name, why)
        return f"已停用 {name}，其登录已全部失效", ""
    if kind == "enable":
        steward.enable(name, why)
        return f"已启用 {name}", ""
    raise UserError(f"没有 {kind} 这种办理")


def _granted(form: Form) -> Viewer:
    try:
        return Viewer.granted(form.role, form.departments, form.districts)
    except ValueError:
        raise UserError("请选择角色") from None


def _has(door: Door) -> bool:
    return door.snapshot() is not None


def _state(user: User, now: str) -> tuple[str, str]:
    if user.is_disabled:
        return "已停用", "bad"
    if user.locked_until and user.locked_until > now:
        return f"连续失败，锁定至 {_moment(user.locked_until)}", "bad"
    if user.password_until and user.password_until < now:
        return "一次性口令已过期，须重置", "warn"
    if user.must_change:
        return f"一次性口令未改，{_moment(user.password_until)} 前有效", "warn"
    return "正常", "ok"


def _moment(text: str | None) -> str:
    return instant(datetime.fromisoformat(text)) if text else "从未"


def options(names: Mapping[str, str], held: frozenset[str] | None) -> list[dict[str, str]]:
    """What may be chosen: everything known by name, and what an account holds that nothing names any more."""
    return [{"value": code, "label": names.get(code, code)} for code in sorted({*names, *(held or ())})]
