"""The four reference lists: departments, check items, joint items and inspectors, the same size at every scale.

Not here: how they are used (inspections.py). Inspectors have numbers and no names.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Chance, Floats, Ints
from pipelines.feeds.simulated.delivery import Courier, Source, day_column, record_ids
from pipelines.feeds.simulated.traits import DEPARTMENTS, SECTIONS, districts

DEPARTMENT = Source("department", "部门编号", "xlsx", is_clean=True)
CHECK_ITEM = Source("check_item", "事项编号", "xlsx", is_clean=True)
JOINT_ITEM = Source("joint_item", "联合事项编号", "xlsx", is_clean=True)
INSPECTOR = Source("inspector", "执法人员编号", "xlsx", is_clean=True)
_JOINT_COUNT = 51
_STAYS_NEAR = 100  # departments of at least so many inspectors divide the zone among them
_NEAR = 5  # districts that one of theirs serves
_SUBJECTS = (
    "许可资质",
    "人员管理",
    "设施设备",
    "台账记录",
    "标签标识",
    "价格公示",
    "原料采购",
    "操作规范",
    "应急预案",
    "广告宣传",
    "合同条款",
    "污染防治",
)
# what an item asks of one inspector of the team, by its subject; the rest asks nothing beyond a certificate
_SKILL = {"设施设备": "工程技术", "污染防治": "工程技术", "价格公示": "财务核查", "合同条款": "财务核查"}
_PAPERS = {
    "许可资质": "营业执照;许可证件",
    "人员管理": "从业人员名册;培训与健康证明",
    "设施设备": "设备清单;检验维护记录",
    "台账记录": "进销货台账;票据",
    "标签标识": "产品标签样张",
    "价格公示": "价目表;收费依据",
    "原料采购": "供货者资质;进货查验记录",
    "操作规范": "操作规程;自查记录",
    "应急预案": "应急预案;演练记录",
    "广告宣传": "广告合同与样稿",
    "合同条款": "格式合同文本",
    "污染防治": "排污许可;监测报告",
}
_OBJECTS = {
    "A": "种植养殖主体", "C": "生产企业", "D": "能源供应单位", "E": "施工单位",
    "F": "销售单位", "G": "物流单位", "H": "食宿单位",
    "I": "信息服务单位", "K": "物业与中介单位", "L": "商务服务单位", "M": "检测机构",
    "O": "居民服务单位", "P": "教育培训机构",
    "Q": "医疗养老机构", "R": "文体娱乐场所",
}  # fmt: skip
_BASIS = (
    "《优化营商环境条例》第五十四条",
    "《中华人民共和国行政处罚法》第四十二条",
    "《市场主体登记管理条例》第三十八条",
)


@dataclass(frozen=True)
class CheckItem:
    """One item of the check list and where it applies."""

    check_item_id: str
    department: int
    name: str
    scope: str
    is_key: bool
    subject: str


@cache
def check_items() -> tuple[CheckItem, ...]:
    """428 items: each department checks each of its sections in turn, subject by subject."""
    items = []
    for index, department in enumerate(DEPARTMENTS):
        for n in range(department.check_items):
            turn = n % len(department.sections)
            section = department.sections[turn]
            subject = _SUBJECTS[(n // len(department.sections) + index) % len(_SUBJECTS)]
            # every third item covers a neighbour too; a short list stretches until each section has an item
            wide = {department.sections[(turn + 1) % len(department.sections)]} if n % 3 == 0 else set()
            scope = ";".join(sorted(wide | set(department.sections[turn :: department.check_items])))
            name = f"{department.field}·{_OBJECTS[section]}{subject}检查（{n + 1}）"
            number = f"{department.department_id}-{n + 1:03d}"
            items.append(CheckItem(number, index, name, scope, n % 9 == 0, subject))
    return tuple(items)


@cache
def inspector_department() -> Ints:
    """Department position of each of the 1,512 inspectors, grouped by department."""
    return np.repeat(np.arange(len(DEPARTMENTS)), [department.inspectors for department in DEPARTMENTS])


def inspector_ids() -> pl.Series:
    """Numbers of all inspectors."""
    return record_ids("ZF", np.arange(1, len(inspector_department()) + 1), 5)


def strictness(chance: Chance) -> Floats:
    """True factor by which each inspector multiplies findings; mean near 1."""
    ids = np.arange(len(inspector_department()))
    return np.exp(0.5 * chance.normal("inspector.strictness", ids) - 0.125)


def deliver_lists(chance: Chance, courier: Courier) -> None:
    """Write all four lists."""
    first = np.full(1, days.FIRST)
    ids = [department.department_id for department in DEPARTMENTS]
    frame = pl.DataFrame({"部门编号": ids, "部门名称": ["示范市" + department.name for department in DEPARTMENTS]})
    _list(courier, DEPARTMENT, frame, first)

    items = check_items()
    n = np.arange(len(items))
    frame = pl.DataFrame(
        {
            "事项编号": [item.check_item_id for item in items],
            "事项名称": [item.name for item in items],
            "部门编号": [ids[item.department] for item in items],
            "检查依据": [_BASIS[k % len(_BASIS)] for k in n],
            "检查对象": [item.scope for item in items],
            "抽查比例": np.array([0.02, 0.03, 0.05, 0.1, 0.2])[chance.choice("check_item.ratio", n, [3, 4, 5, 2, 1])],
            "年频次": np.array([1, 2, 4])[chance.choice("check_item.frequency", n, [8, 3, 1])],
            "重点事项": ["是" if item.is_key else "否" for item in items],
            "专业要求": [_SKILL.get(item.subject, "") for item in items],
            "应备材料": [_PAPERS[item.subject] for item in items],
        }
    )
    _list(courier, CHECK_ITEM, frame, first)
    _list(courier, JOINT_ITEM, _joint_items(chance, ids), first)

    department = inspector_department()
    person = np.arange(len(department))
    fields = [DEPARTMENTS[d].field for d in department]
    second = chance.below("inspector.second_field", person, len(DEPARTMENTS))
    twofold = chance.happens("inspector.is_twofold", person, 0.3)
    skills = [f"{a};{DEPARTMENTS[b].field}" if t else a for a, b, t in zip(fields, second, twofold, strict=True)]
    # within a department every third inspector knows one special field and every third the other
    place = person - np.searchsorted(department, department)
    skills = [skill + ("", ";工程技术", ";财务核查")[n] for skill, n in zip(skills, place % 3, strict=True)]
    home = chance.choice("inspector.district", person, districts().weight)
    frame = pl.DataFrame(
        {
            "执法人员编号": inspector_ids(),
            "部门编号": [ids[d] for d in department],
            "执法证号": record_ids("61", person + 100_000, 9),
            "执法证有效期止": day_column(days.LAST - 200 + chance.below("inspector.certificate", person, 1700)),
            "常驻区划": districts().code.gather(home),
            "可派区划": [_served(d, n) for d, n in zip(department, home, strict=True)],
            "专业领域": skills,
        }
    )
    _list(courier, INSPECTOR, frame, first)


def _served(department: int, home: int) -> str:
    """Districts that an inspector may be sent to: a large department stays near home, a small one goes everywhere."""
    if DEPARTMENTS[department].inspectors < _STAYS_NEAR:
        return ""
    code = districts().code.to_list()
    return ";".join(sorted(code[(home + step) % len(code)] for step in range(_NEAR)))


def _joint_items(chance: Chance, ids: list[str]) -> pl.DataFrame:
    """Joint items: 2–4 departments that share a section, each with one item for it."""
    rows = []
    for n in range(_JOINT_COUNT):
        section = SECTIONS[(n * 4 + n // len(SECTIONS)) % len(SECTIONS)]
        able = [d for d, department in enumerate(DEPARTMENTS) if section in department.sections]
        order = np.argsort(chance.bits(f"joint_item.{n}", np.array(able)), kind="stable")
        chosen = sorted(able[k] for k in order[: 2 + n % 3])
        of = [[item for item in check_items() if item.department == d and section in item.scope] for d in chosen]
        picked = [items[n % len(items)].check_item_id for items in of]
        rows.append((f"L{n + 1:03d}", f"{_OBJECTS[section]}跨部门联合抽查（{n + 1}）", ids[chosen[0]], chosen, picked))
    return pl.DataFrame(
        {
            "联合事项编号": [row[0] for row in rows],
            "联合事项名称": [row[1] for row in rows],
            "牵头部门": [row[2] for row in rows],
            "参与部门": [";".join(ids[d] for d in row[3]) for row in rows],
            "抽查事项": [";".join(row[4]) for row in rows],
        }
    )


def _list(courier: Courier, source: Source, frame: pl.DataFrame, first: Ints) -> None:
    day = np.repeat(first, len(frame))
    frame = frame.with_columns(day_column(day).alias("生效日期"))
    courier.deliver(source, frame, np.arange(len(frame)), day)
