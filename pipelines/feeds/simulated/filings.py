"""Sources `tax_filing`, `annual_report` and `abnormal_list`: duties with a due day, and who fails them.

Not here: inspections. Lateness follows the true tendency and a habit of the entity.
"""

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Floats, Ints
from pipelines.feeds.simulated.delivery import Courier, Source, day_column, record_ids
from pipelines.feeds.simulated.dirt import REPORTED, identify
from pipelines.feeds.simulated.entities import SOLE
from pipelines.feeds.simulated.traits import DEPARTMENTS
from pipelines.feeds.simulated.world import World

TAX_FILING = Source("tax_filing", "申报编号", "parquet")
ANNUAL_REPORT = Source("annual_report", "年报编号", "parquet", by_year=True)
ABNORMAL_LIST = Source("abnormal_list", "列入编号", encoding="gb18030", date="决定日期", coded="名录类别")
_TAXES = ("增值税", "城市维护建设税", "企业所得税", "个人所得税", "印花税")
_TAX_SCALE = np.array([6_000.0, 500.0, 4_000.0, 900.0, 120.0])  # CNY of a middling entity
_TAX_WRONG_CODE = 0.001  # filings are made online with the code filled in
_UNREACHABLE = 34_000
_REPORT_YEARS = range(2021, 2026)
_PERIOD = np.datetime64("2021-10", "M")
_MONTHS = 60


def _habit(world: World, entity: Ints) -> Floats:
    """Tendency to be late: the true tendency times a habit of the entity."""
    own = np.exp(0.6 * world.chance.normal("filing.habit", entity) - 0.18)
    return np.asarray(world.entities.tendency[entity] * own)


def deliver_tax(world: World, courier: Courier) -> None:
    """Filings period by period, due on the 15th of the next month; one part for each year of the due day."""
    months = np.arange(_MONTHS)
    due = (_PERIOD + months + 1).astype("datetime64[D]").astype(np.int64) + 14
    for year in np.unique(days.year_of(due)).tolist():
        parts = [_month(world, m, int(due[m])) for m in months[days.year_of(due) == year].tolist()]
        row, entity, month, tax, day, owed, arrears = (np.concatenate([part[n] for part in parts]) for n in range(7))
        key = record_ids("SB", row, 10)
        first = (_PERIOD + month).astype("datetime64[D]").astype(np.int64)
        who = identify(
            world, courier.ledger, "tax_filing", key, row, entity, day, named=False, wrong_code=_TAX_WRONG_CODE
        )
        frame = pl.DataFrame(
            {
                "申报编号": key,
                **who,
                "税种": pl.Series(_TAXES).gather(tax),
                "税款所属期起": day_column(first),
                "申报期限": day_column(due[month]),
                "申报日期": day_column(day),
                "应纳税额": owed,
                "欠税额": arrears,
            }
        )
        handed = np.maximum(
            day, due[month]
        )  # the office hands a period over when it is due, and the late ones one by one
        courier.deliver_part(TAX_FILING, f"tax_filing_{year}", frame, row, handed)


def _month(world: World, month: int, due: int) -> tuple[Ints, Ints, Ints, Ints, Ints, Floats, Floats]:
    """Filings for one period: monthly by general taxpayers, quarterly by small ones, income tax each quarter."""
    chance, entities = world.chance, world.entities
    known = entities.known
    first = int((_PERIOD + month).astype("datetime64[D]").astype(np.int64))
    live = known[entities.alive(known, np.full(len(known), due)) & (entities.established[known] <= first)]
    sole = entities.form[live] == SOLE
    general = chance.happens("tax.is_general", live, np.where(sole, 0.085, 0.34))
    quarter = (month + 10) % 3 == 0  # the period month closes a quarter
    duty = [
        general | quarter,
        general | quarter,
        ~sole & quarter,
        chance.happens("tax.pays_wages", live, np.where(sole, 0.065, 0.24)),
        general & quarter & chance.happens("tax.has_contracts", live, 0.6),
    ]
    entity = np.concatenate([live[mask] for mask in duty])
    tax = np.repeat(np.arange(len(duty)), [int(mask.sum()) for mask in duty])
    row = (entity * _MONTHS + month) * len(duty) + tax
    lateness = np.minimum(0.008 + 0.03 * _habit(world, entity), 0.6)
    late = chance.happens("tax.is_late", (entity * _MONTHS + month), lateness)
    ahead, behind = chance.below("tax.ahead", row, 13), 1 + chance.below("tax.behind", row, 75)
    day = np.where(late, due + behind, due - ahead)
    owed = np.round(_TAX_SCALE[tax] * entities.size[entity] * np.exp(0.5 * chance.normal("tax.amount", row)), 2)
    unpaid = late & chance.happens("tax.is_unpaid", row, 0.3)
    arrears = np.where(unpaid, np.round(owed * chance.unit("tax.unpaid", row), 2), 0.0)
    return row, entity, np.full(len(row), month), tax, day, owed, arrears


def deliver_reports(world: World, courier: Courier) -> None:
    """Annual reports, due on 30 June, and the abnormal list that follows the missing ones."""
    chance, entities = world.chance, world.entities
    filed: list[tuple[Ints, Ints, Ints]] = []
    missed: list[tuple[Ints, Ints, Ints]] = []
    for year in _REPORT_YEARS:
        opens = int(np.datetime64(f"{year + 1}-01-01").astype(np.int64))
        due = int(np.datetime64(f"{year + 1}-06-30").astype(np.int64))
        known = entities.known
        entity = known[entities.alive(known, np.full(len(known), due)) & (entities.established[known] < opens)]
        row = entity * 8 + (year - _REPORT_YEARS[0])
        misses = chance.happens("report.is_missed", row, np.minimum(0.035 + 0.055 * _habit(world, entity), 0.75))
        on_time = due - (chance.unit("report.day", row) ** 1.6 * (due - opens + 1)).astype(np.int64)
        repents = chance.happens("report.repents", row, 0.68)
        later = due + 25 + chance.below("report.later", row, 300)
        day = np.where(misses, np.where(repents, later, days.NEVER), on_time)
        day = np.where(entities.alive(entity, day), day, days.NEVER)
        filed.append((row, entity, day))
        missed.append((row[misses], entity[misses], day[misses]))
    row, entity, day = (np.concatenate([part[n] for part in filed]) for n in range(3))
    inside = day <= days.LAST
    row, entity, day = row[inside], entity[inside], day[inside]
    key = record_ids("NB", row, 9)
    growth = 1 + 0.15 * chance.normal("report.revenue", row)
    frame = pl.DataFrame(
        {
            "年报编号": key,
            **identify(world, courier.ledger, "annual_report", key, row, entity, day),
            "部门编号": pl.repeat(DEPARTMENTS[0].department_id, len(row), eager=True),
            "年报年度": row % 8 + _REPORT_YEARS[0],
            "从业人数": np.ceil(entities.size[entity] * 6).astype(np.int64),
            "营业收入": np.round(entities.size[entity] * 480_000 * growth, 2),
            "报送年报日期": day_column(day),
        }
    )
    courier.deliver(ANNUAL_REPORT, frame, row, day)
    _deliver_abnormal(world, courier, *(np.concatenate([part[n] for part in missed]) for n in range(3)))


def _deliver_abnormal(world: World, courier: Courier, row: Ints, entity: Ints, filed: Ints) -> None:
    """Listed in July for a missing report, or any day because nobody is found at the address; removed when mended.

    A missing report that is still missing three years later leads to the serious list.
    """
    chance, entities = world.chance, world.entities
    due = np.array([np.datetime64(f"{year + 1}-06-30").astype(np.int64) for year in _REPORT_YEARS])[row % 8]
    listed = days.next_workday(due + 3 + chance.below("abnormal.day", row, 20))
    lost = np.arange(world.rows(_UNREACHABLE)) + (1 << 24)
    gone = entities.weighted("abnormal.entity", lost, entities.tendency[: entities.count])
    gone_day = days.next_workday(entities.day_of_life("abnormal.lost_day", lost, gone))
    found = chance.happens("abnormal.found", lost, 0.55)
    gone_until = np.where(found, gone_day + 20 + chance.below("abnormal.found_after", lost, 400), days.NEVER)
    serious = (filed >= days.NEVER) & entities.alive(entity, due + 3 * 365 + 20)

    row = np.concatenate([row, lost, row[serious]])
    grade = np.repeat([0, 0, 1], [len(listed), len(lost), int(serious.sum())])
    start = np.concatenate([listed, gone_day, days.next_workday(listed[serious] + 3 * 365)])
    mended = np.where(filed < days.NEVER, filed + 1 + chance.below("abnormal.mended", row[: len(filed)], 6), days.NEVER)
    end = np.concatenate([mended, gone_until, np.full(int(serious.sum()), days.NEVER)])
    entity = np.concatenate([entity, gone, entity[serious]])

    record, action = np.tile(row * 2 + grade, 2), np.repeat([0, 1], len(row))
    day, entity, grade = np.concatenate([start, end]), np.tile(entity, 2), np.tile(grade, 2)
    at = np.flatnonzero((day <= days.LAST) & ((action == 1) | entities.alive(entity, day)))
    record, action, day, entity, grade = record[at], action[at], day[at], entity[at], grade[at]
    unique = record * 2 + action
    key = record_ids("YC", record, 9)
    frame = pl.DataFrame(
        {
            "列入编号": key,
            "列入或移出": pl.Series(["列入", "移出"]).gather(action),
            **identify(world, courier.ledger, "abnormal_list", key, unique, entity, day),
            "部门编号": pl.repeat(DEPARTMENTS[0].department_id, len(at), eager=True),
            "名录类别": pl.Series(["经营异常名录", "严重违法失信名单"]).gather(grade),
            "决定日期": day_column(day),
        }
    )
    sent = days.reported(chance, "abnormal_list", unique, day, 0.02)
    frame = frame.with_columns(day_column(sent).alias(REPORTED))
    courier.deliver(ABNORMAL_LIST, frame, unique, sent, 2)
