"""抽签过程: the ceremony of a draw step by step — what is done, by whom, with which digests, and what comes next.

Steps are taken by commands (`mingcha commit`, `announce`, …); a page takes none.
"""

from datetime import date, datetime
from typing import Any

import dash
from dash import html

from dashboards import formats, plan_data
from dashboards.components.badge import state
from dashboards.components.choice import address, chips, draw_tabs
from dashboards.components.panel import empty, facts, heading, panel
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.formats import MISSING, day, instant, number

NAME = "抽签过程"
PATH = "/draws/ceremony"
ROOTS = {
    "frame": "名录根",
    "leaves": "休假根",
    "excluded": "不列入根",
    "inspectors": "人员根",
    "recusals": "回避根",
}
Step = tuple[str, str, list[Any], str, str]  # state, title, what is told, what comes next, its command


def body(door: Door, **query: str) -> list[Any]:
    """The page; `plan` names the plan."""
    frozen = plan_data.frozen_ones(door)
    head = [heading(NAME, html.Span(className="spring"), *_notice(door)), draw_tabs(PATH)]
    if not frozen:
        return [*head, panel(NAME, empty("还没有冻结的计划；计划冻结之后才能抽签。"))]
    plan = frozen.get(query.get("plan", ""), next(iter(frozen.values())))
    options = [(one.plan_id, one.plan_id, address(PATH, plan=one.plan_id)) for one in frozen.values()]
    try:
        told = plan_data.record(door, plan.plan_id)
    except ValueError as error:
        return [*head, chips(options, plan.plan_id), html.Div(changed_since(str(error)))]
    steps = _steps(door, plan, told, formats.today())
    return [
        *head,
        chips(options, plan.plan_id),
        html.Div(
            [
                panel(
                    plan.title,
                    html.Ol([_item(place, step) for place, step in enumerate(steps, 1)], className="ceremony"),
                ),
                html.Div([_summary(plan, told), _explained()], className="stack"),
            ],
            className="columns wide-left",
        ),
    ]


def register(app: dash.Dash) -> None:
    """Everything on this page is chosen by its address."""


def changed_since(error: str) -> html.Div:
    """What a page says when an announcement is not what was announced."""
    told = [html.B("承诺书与公布时不符，抽签不能继续，名单不得使用；请从备份恢复"), html.P(error)]
    return html.Div(told, className="verdict bad", role="alert")


def _notice(door: Door) -> list[Any]:
    return [] if door.sees("inspector") else [html.Span("经办人不显示", className="muted")]


def _steps(door: Door, plan: plan_data.Shelved, told: Any, today: date) -> list[Step]:
    """The six steps; the first that is not done is the one that comes next."""
    last = told.rounds[-1] if told.rounds else None
    before = [one for one in told.rounds if one.is_void]
    current = None if last is None or last.is_void else last
    parties = current.parties if current else ()
    is_announced = current is not None and current.announced_at is not None
    is_sealed = len(parties) >= 2
    found = plan_data.bundle(door, told) if told.drawn else None
    holds = plan_data.verified(found.path) if found else None
    number_of = current.number if current else len(told.rounds) + 1
    name = plan.plan_id
    done = [
        True,
        is_sealed,
        is_announced,
        bool(is_announced and current and not current.missing),
        told.drawn is not None,
        bool(holds and holds[0]),
    ]
    now = done.index(False) if False in done else len(done)
    late = bool(is_announced and current and current.missing and current.told["reveal_by"] < today.isoformat())
    marks = ["done" if is_done else "now" if place == now else "later" for place, is_done in enumerate(done)]
    if late:
        marks[3] = "bad"
    if holds and not holds[0]:
        marks[5] = "bad"
    void = [
        html.P(
            f"第 {one.number} 轮作废：{'、'.join(p.party for p in one.parties if p.has_refused)} 逾期未揭示",
            className="state bad",
        )
        for one in before
    ]
    return [
        (marks[0], "计划冻结", _frozen(door, told), "", ""),
        (
            marks[1],
            f"各方密封（第 {number_of} 轮）",
            [*void, *_sealed(parties)],
            "至少两方各自选一个值并交存密封值，公布承诺书之前截止",
            f"mingcha commit {name} --party 参与方 --value 所选的值 --out 密封.json --actor 谁 --reason 文号",
        ),
        (
            marks[2],
            "公布承诺书",
            _announced(current) if current and is_announced else [],
            "承诺书写明名录根、户数、密封值与揭示期限；公布其摘要之后，名录与规则不能再动",
            f"mingcha announce {name} --reveal-by 日期 --actor 谁 --reason 文号",
        ),
        (
            marks[3],
            "各方揭示",
            _revealed(current, today) if current and is_announced else [],
            _reveal_next(current, late) if is_announced else "公布之后各方揭示所选的值，与密封值不符即拒绝",
            _reveal_command(name, current, late),
        ),
        (
            marks[4],
            "抽取",
            _drawn(door, told),
            "种子由承诺书与各方的值算出；抽取对象与检查人员，写出审计版与公开版核验包",
            f"mingcha draw --plan {name} --out draws/{name}.zip --actor 谁 --reason 文号",
        ),
        (
            marks[5],
            "核验",
            _verified(found, holds, told),
            "把审计版放进数据目录的 draws 文件夹（再抽一次，字节相同），这里即行核验",
            f"mingcha draw --plan {name} --out draws/{name}.zip",
        ),
    ]


def _item(place: int, step: Step) -> html.Li:
    mark, title, told, following, command = step
    shown: list[Any] = list(told)
    if mark in ("now", "bad") and command:
        shown += [html.P(following), html.Pre(html.Code(command))]
    elif mark == "later" and not told:
        shown.append(html.P(following, className="later"))
    word = {"done": ("已完成", "ok"), "now": ("下一步", "warn"), "bad": ("须处理", "bad"), "later": ("未到", "plain")}[
        mark
    ]
    return html.Li(
        [
            html.Span("✓" if mark == "done" else str(place), className="mark", **{"aria-hidden": "true"}),
            html.Div([html.Header([html.H2(title), state(*word)]), *shown], className="step"),
        ],
        className=mark,
    )


def _frozen(door: Door, told: Any) -> list[Any]:
    if told.frozen is None:
        return [html.P("没有登记由谁冻结。", className="muted")]
    who = f"，{told.frozen.actor}" if door.sees("inspector") else ""
    return [html.P(f"{instant(datetime.fromisoformat(told.frozen.at))}{who}：{told.frozen.reason}")]


def _sealed(parties: Any) -> list[Any]:
    if not parties:
        return []
    rows = [[one.party, instant(one.committed_at), html.Code(one.commitment, className="digest")] for one in parties]
    return [table([("参与方", "short"), ("交存", "short"), ("密封值", "text")], rows, "密封值", is_tight=True)]


def _announced(current: Any) -> list[Any]:
    told = current.told
    roots = [(ROOTS.get(name, name), html.Code(value, className="digest")) for name, value in told["roots"].items()]
    return [
        html.P(f"{instant(current.announced_at)} 公布；承诺书摘要"),
        html.Pre(html.Code(current.digest), className="hash"),
        html.Details(
            [
                html.Summary("承诺书的内容"),
                facts(
                    [
                        ("名录", f"{number(told['frame_count'])} 户次"),
                        ("抽取", f"{number(told['drawn_count'])} 户次"),
                        ("最迟揭示", told["reveal_by"]),
                        ("规则摘要", html.Code(told["policy_digest"])),
                        ("计划封印", html.Code(told["plan_seal"], className="digest")),
                        ("密钥承诺", html.Code(told["key_commitment"], className="digest")),
                        ("验证程序摘要", html.Code(told["verifier_digest"], className="digest")),
                        *roots,
                    ]
                ),
            ]
        ),
    ]


def _revealed(current: Any, today: date) -> list[Any]:
    late = current.told["reveal_by"] < today.isoformat()
    waiting = state("逾期未揭示", "bad") if late else state("尚未揭示", "warn")
    rows = [
        [
            one.party,
            state("已揭示", "ok") if one.revealed_at else waiting,
            instant(one.revealed_at),
            html.Code(one.value) if one.value is not None else MISSING,
        ]
        for one in current.parties
    ]
    columns = [("参与方", "short"), ("状态", "badge"), ("时刻", "short"), ("所选的值", "text")]
    return [html.P(f"最迟 {current.told['reveal_by']} 揭示"), table(columns, rows, "揭示", is_tight=True)]


def _reveal_next(current: Any, late: bool) -> str:
    missing = "、".join(current.missing)
    if late:
        return f"{missing} 逾期未揭示：本轮作废，该方不得再参加；其余各方重新密封，再公布下一轮"
    return f"等待 {missing} 揭示"


def _reveal_command(name: str, current: Any, late: bool) -> str:
    if late:
        return f"mingcha refuse {name} --party {current.missing[0]} --actor 谁 --reason 逾期未揭示"
    return f"mingcha reveal {name} --file 密封.json --actor 谁 --reason 文号"


def _drawn(door: Door, told: Any) -> list[Any]:
    if told.drawn is None:
        return []
    who = f"，{told.drawn.actor}" if door.sees("inspector") else ""
    return [
        html.P(f"{instant(datetime.fromisoformat(told.drawn.at))}{who}：{told.drawn.reason}。审计版清单摘要"),
        html.Pre(html.Code(told.manifests[-1]), className="hash"),
    ]


def _verified(found: Any, holds: tuple[bool, str] | None, told: Any) -> list[Any]:
    if told.drawn is None:
        return []
    if found is None or holds is None:
        return [html.P("draws 文件夹里没有与登记摘要相符的审计版核验包。")]
    word = state("全部成立", "ok") if holds[0] else state("不成立", "bad")
    return [
        html.P([word, f" {found.path.name}：名录根、密封值、种子、名单与检查组逐项重算"], title=holds[1]),
        *([] if holds[0] else [html.Pre(html.Code(holds[1]), className="hash")]),
    ]


def _summary(plan: plan_data.Shelved, told: Any) -> html.Section:
    held = plan_data.frozen(plan.path)
    return panel(
        "冻结的计划",
        facts(
            [
                ("时间窗", f"{day(held.window_from)} 至 {day(held.window_to)}"),
                ("数据截至", day(held.as_of)),
                ("任务", f"{len(held.tasks)} 项"),
                ("名录", f"{number(held.frame.height)} 户次"),
                ("抽取", f"{number(sum(one.drawn for one in held.strata))} 户次"),
                ("不列入", f"{number(held.excluded.height)} 户次"),
                ("检查人员", f"{number(held.inspectors.height)} 人"),
                ("轮次", f"{len(told.rounds)}"),
            ]
        ),
    )


def _explained() -> html.Section:
    return panel(
        "为什么这样做",
        html.Ol(
            [
                html.Li("名录、分层、人员与回避先冻结，其根写进承诺书：谁也不能看到结果再改名录。"),
                html.Li("各方先交密封值、后揭示：任何一方都不能看到别人的值再选自己的。"),
                html.Li("只要有一方的值不可预知，种子就不可预知；逾期不揭示的一方出局，本轮作废重来。"),
                html.Li("抽签号是种子与主体代码的 SHA-256，任何人都能重算；同一计划再抽一次，字节相同。"),
                html.Li(
                    ["公开版不含分层与等级，任何人可核验：", html.Code("python3 -I verify.py 公开版.zip 承诺书摘要")]
                ),
            ],
            className="steps",
        ),
        note="规程见 docs/draw_protocol.md",
    )
