"""What a person does with a warning from its page: may they, with what reason, and why it could not be done.

What an act is and where it is kept is warehouse/warning's, as for the command. Not here: how the page looks.
"""

from typing import Any

from dashboards import warning_data
from dashboards.auditing import note
from dashboards.door import Door
from dashboards.person import known_as
from warehouse import warning
from warehouse.state import OvertakenError, State

ACTS = {
    "acknowledged": "签收",
    "settled": "办结",
    "dismissed": "不成立",
    "handed_over": "转交",
    "suggested": "建议检查",
}
LONGEST_REASON = 500  # characters
MOST_SUGGESTED = warning.MOST_SUGGESTED


def now(door: Door, row: dict[str, Any]) -> warning.Standing | None:
    """What became of a warning up to this moment; None where nobody has acted on it."""
    return warning.standings(warning_data.acts(door, row["warning_id"])).get(row["warning_id"])


def owner(door: Door, row: dict[str, Any]) -> str | None:
    """The department that owns a warning at this moment; None where nobody does."""
    standing = now(door, row)
    found: str | None = standing.department_id if standing and standing.department_id else row["department_id"]
    return found


def do(door: Door, row: dict[str, Any], act: str, seen: int, reason: str, to: str | None, most: Any) -> str:
    """Do one of ACTS as the viewer may, having seen event `seen`; return why it was not done, empty when it was.

    `to` is the department that takes over, `most` how many entities are suggested.
    """
    warning_id, why = row["warning_id"], reason.strip()
    if act not in ACTS or not warning_data.may_act(door, owner(door, row)):
        note("refused", f"warning {warning_id}", "refused", act=act)
        return "您的角色或部门不能处置这条预警，没有登记。"
    if not 0 < len(why) <= LONGEST_REASON:
        return f"请写明理由或办理情况（不超过 {LONGEST_REASON} 字），再点按钮。"
    if act == warning.HANDED_OVER and not to:
        return "请选择转交给哪个部门。"
    state = State(door.home.state)
    try:
        if act == warning.SUGGESTED:
            count = most if isinstance(most, int) and most > 0 else MOST_SUGGESTED
            warning.suggest(state, door.reader, warning_id, count, known_as(), why, seen=seen)
        else:
            given = to if act == warning.HANDED_OVER else None
            warning.act(state, door.reader, warning_id, act, known_as(), why, department_id=given, seen=seen)
    except OvertakenError:
        return "您打开之后已有他人处置（见下方记录），您的操作没有登记；请看过之后再决定。"
    except ValueError as error:
        return f"没有登记：{error}"
    return ""
