"""Files for people after a draw: a task package per inspector, a notice per entity, the list of visits.

What a document holds stands in models/sampling/visit_document.py; who visits whom in visit_register.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from models.casework.visit_terms import VisitTerms
from models.policy.loader import Policy
from models.sampling.frozen import FrozenPlan
from models.sampling.visit_document import EntityDocument, ItemDocument, TaskPackage, VisitDocument, VisitNotice
from warehouse import typeset
from warehouse.planning import lists
from warehouse.serving import ServingReader
from warehouse.visit_register import Visit

_ENTITIES = """
select entity_code, name, address, district_name from known.entity where list_contains($codes, entity_code)
"""
_BASIS = "select check_item_id, basis from entity.check_item"
_HEAD = ("上门编号", "主体代码", "名称", "区县", "住所", "抽查事项", "部门", "检查人员")
_HOW = (
    "向任一检查部门书面或口头提出，说明对哪一位执法人员申请回避及理由；是否回避由该部门负责人决定，决定之前不停止检查。"
)
_RIGHTS = (
    "检查时执法人员不少于两人，应当出示执法证件；不出示的，可以拒绝检查。",
    "只检查本通知所列事项；认为有权要求回避的，可以申请。",
    "可以陈述和申辩；对检查结果有异议的，可以向作出检查的部门提出。",
    "检查不收取任何费用，也不得要求接受指定的中介服务。",
)


def documents(reader: ServingReader, plan: FrozenPlan, visits: Sequence[Visit]) -> list[VisitDocument]:
    """Return the documents of visits that will take place, by entity; register data as of the snapshot."""
    held = lists(reader)
    basis = dict(reader.query(_BASIS).rows())
    codes = [visit.entity_code for visit in visits]
    known = {row[0]: row for row in reader.query(_ENTITIES, {"codes": codes}).rows()}
    items = {
        number: ItemDocument(
            check_item_id=number,
            name=item.name,
            department_id=item.department_id,
            department_name=held.departments[item.department_id],
            basis=basis[number],
            papers=item.papers,
        )
        for number, item in held.items.items()
    }
    tasks = {task.task_id: task.item_ids for task in plan.tasks}
    found = []
    for visit in visits:
        if visit.cancelled:
            continue
        code, name, address, district = known.get(
            visit.entity_code, (visit.entity_code, "（登记簿已无此户）", None, None)
        )
        planned = sorted({item for task in visit.task_ids for item in tasks[task]})
        found.append(
            VisitDocument(
                visit_id=visit.visit_id,
                entity=EntityDocument(entity_code=code, name=name, address=address, district_name=district),
                items=tuple(items[item] for item in planned),
                inspector_ids=visit.inspector_ids,
            )
        )
    return found


def packages(plan: FrozenPlan, told: Sequence[VisitDocument], terms: VisitTerms) -> Iterator[TaskPackage]:
    """Yield one package per inspector who has visits, by number."""
    own: dict[str, list[VisitDocument]] = {}
    for visit in told:
        for inspector in visit.inspector_ids:
            own.setdefault(inspector, []).append(visit)
    for inspector, visits in sorted(own.items()):
        yield TaskPackage(
            plan_id=plan.plan_id,
            plan_title=plan.title,
            inspector_id=inspector,
            window_from=plan.window_from,
            window_to=plan.window_to,
            results_due=terms.result_due(plan.window_to),
            visits=tuple(visits),
        )


def notices(plan: FrozenPlan, told: Sequence[VisitDocument], terms: VisitTerms) -> Iterator[VisitNotice]:
    """Yield one notice per entity."""
    for visit in told:
        yield VisitNotice(
            plan_id=plan.plan_id,
            plan_title=plan.title,
            window_from=plan.window_from,
            window_to=plan.window_to,
            give_by=terms.give_notice_by(plan.window_from),
            recusal_workdays=terms.recusal_request,
            recusal_how=_HOW,
            rights=_RIGHTS,
            visit=visit,
        )


def write(
    folder: Path, reader: ServingReader, plan: FrozenPlan, visits: Sequence[Visit], *, with_pdf: bool
) -> dict[str, int]:
    """Write packages, notices and the list of visits below a folder and return how many files of each.

    Raises:
        FileExistsError: the folder holds something already; papers of two days must not mix.
        FontMissingError: a PDF is asked for and the machine lacks the Chinese font.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; name a new folder for the papers")
    terms = VisitTerms.from_policy(Policy.load().at(plan.window_from))
    told = documents(reader, plan, visits)
    made = {"packages": 0, "notices": 0, "lists": 2}
    for name in ("packages", "notices"):
        (folder / name).mkdir(parents=True, mode=0o700)
    for package in packages(plan, told, terms):
        (folder / "packages" / f"{package.inspector_id}.json").write_text(package.model_dump_json(indent=1), "utf-8")
        made["packages"] += 1
    handed = list(notices(plan, told, terms))
    for notice in handed:
        path = folder / "notices" / f"{notice.visit.entity.entity_code}.json"
        path.write_text(notice.model_dump_json(indent=1), "utf-8")
        made["notices"] += 1
    typeset.write_csv(folder / "visits.csv", _HEAD, map(_row, told))
    typeset.write_xlsx(folder / "visits.xlsx", _HEAD, map(_row, told), plan.as_of)
    if with_pdf:
        (folder / "visits.pdf").write_bytes(visits_pdf(plan, told))
        (folder / "notices.pdf").write_bytes(notices_pdf(plan, handed))
        made["lists"] += 2
    return made


def visits_pdf(plan: FrozenPlan, told: Sequence[VisitDocument]) -> bytes:
    """Return the list of visits as PDF."""
    title = f"{plan.title}：上门检查名单"
    head = f"#align(center, text(size: 15pt, weight: 700, {typeset.text(title)}))\n"
    head += f"检查期间 {plan.window_from} 至 {plan.window_to}，共 {len(told):,} 户。内部资料。\n"
    widths = ("auto", "auto", "1fr", "auto", "1fr", "1.4fr", "1fr", "auto")
    return typeset.pdf(title, head + typeset.table(_HEAD, map(_row, told), widths), plan.as_of, is_wide=True)


def notices_pdf(plan: FrozenPlan, handed: Sequence[VisitNotice]) -> bytes:
    """Return the notices as one PDF, a page each."""
    return typeset.pdf(f"{plan.title}：检查通知", "#pagebreak()\n".join(map(_notice_page, handed)), plan.as_of)


def _notice_page(notice: VisitNotice) -> str:
    visit, text = notice.visit, typeset.text
    departments = "、".join(sorted({item.department_name for item in visit.items}))
    by_item = [(item.name, item.department_name, item.basis, "、".join(item.papers)) for item in visit.items]
    rows: Mapping[str, str] = {
        "被检查单位": f"{visit.entity.name}（{visit.entity.entity_code}）",
        "住所": visit.entity.address or "",
        "检查部门": departments,
        "检查期间": f"{_day(notice.window_from)}至{_day(notice.window_to)}",
        "执法人员编号": "、".join(visit.inspector_ids),
    }
    parts = [
        '#align(center, text(size: 17pt, weight: 700, "“双随机、一公开”检查通知"))\n',
        f"#align(right, {text('编号：' + visit.visit_id)})\n",
        typeset.table(("项目", "内容"), rows.items(), ("30mm", "1fr")),
        '#heading(level: 2, "检查事项与应备材料")\n',
        typeset.table(("事项", "部门", "依据", "应备材料"), by_item, ("1.4fr", "1fr", "1.2fr", "1fr")),
        '#heading(level: 2, "怎样申请回避")\n',
        f"#par({text(f'收到本通知之日起 {notice.recusal_workdays} 个工作日内，{notice.recusal_how}')})\n",
        '#heading(level: 2, "您的权利")\n',
        *(f"#par({text(f'{number}. {right}')})\n" for number, right in enumerate(notice.rights, start=1)),
    ]
    return "".join(parts)


def _row(visit: VisitDocument) -> tuple[str, ...]:
    return (
        visit.visit_id,
        visit.entity.entity_code,
        visit.entity.name,
        visit.entity.district_name or "",
        visit.entity.address or "",
        "；".join(item.name for item in visit.items),
        "、".join(sorted({item.department_name for item in visit.items})),
        "、".join(visit.inspector_ids),
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
