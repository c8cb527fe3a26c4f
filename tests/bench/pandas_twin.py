"""The indicators of warehouse/sql/indicator written a second time, in plain pandas: peer of the benchmark and oracle.

Run as `python -m tests.bench.pandas_twin DATA AS_OF LINKS.csv OUT.parquet`. Reading and linking stand in pandas_tables.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from models.policy.loader import Policy
from models.policy.reporting import tables as reporting_tables
from models.scorecard.indicator import windows
from models.text.polarity import polarities
from tests.bench.pandas_tables import CODE, PLANS, Register, in_force, read

_MICRO = 1_000_000
_MICRO_OF_A_CENT = 10_000


@dataclass(frozen=True)
class _Day:
    """The as-of day with the rules in force: first day outside each window, report years due and when."""

    now: pd.Timestamp
    before: dict[str, pd.Timestamp]
    licence_ahead: pd.Timestamp
    due: dict[int, pd.Timestamp]


def indicators(data: Path, day: date, links: pd.DataFrame) -> pd.DataFrame:
    """Return entity, indicator_id, micro (value in units of 10^-6) and evidence of every entity as of `day`.

    `links` (mention, entity) are those of the model and of people; see Register.
    """
    when = _rules(day)
    delivered = read(data)
    registration = delivered.pop("registration")
    registration = registration[(registration["known"] <= when.now) & (registration["event"] <= when.now)]
    register = Register(registration, links.set_index("mention")["entity"])
    entities = _entities(registration)
    families = [_age(entities, when), _hazard(entities)]
    for name, family in _FAMILIES.items():
        rows = register.linked(in_force(delivered.pop(name), PLANS[name].key, when.now))
        families += family(rows, when)
        if name == "annual_report":
            families.append(_missing_reports(rows, entities, when))
    found = pd.concat(families, ignore_index=True)
    return found.astype({"entity": "str", "indicator_id": "str", "micro": "int64", "evidence": "int64"})


def _rules(day: date) -> _Day:
    policy = Policy.load()
    looking_back = windows(policy.at(day))
    return _Day(
        pd.Timestamp(day),
        {name: pd.Timestamp(day - timedelta(days=days)) for name, days in looking_back.items()},
        pd.Timestamp(day + timedelta(days=looking_back["licence_expiry_ahead"])),
        {row["report_year"]: pd.Timestamp(row["due_on"]) for row in reporting_tables(day, policy)["annual_report_due"]},
    )


def _entities(registration: pd.DataFrame) -> pd.DataFrame:
    """One row per entity: of each fact the last one that the register gave."""
    return registration.sort_values(["event", "known"], kind="stable").groupby(CODE)[["成立日期", "危害程度"]].last()


def _said(indicator_id: str, micro: pd.Series, evidence: pd.Series | int) -> pd.DataFrame:
    """One indicator of many entities; both series are indexed by entity."""
    told = pd.DataFrame({"indicator_id": indicator_id, "micro": micro, "evidence": evidence})
    return told.rename_axis("entity").reset_index()


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """`part / whole` in units of 10^-6, rounded half to even."""
    quotient, rest = np.divmod(part.astype("int64") * _MICRO, whole)
    up = (2 * rest > whole) | ((2 * rest == whole) & (quotient % 2 == 1))
    return pd.Series(quotient + up, dtype="int64")


def _micro_cny(amount: pd.Series) -> pd.Series:
    return (amount.fillna(0) * 100).round().astype("int64") * _MICRO_OF_A_CENT


def _since(rows: pd.DataFrame, when: _Day, window: str) -> pd.DataFrame:
    return rows[rows["event"] > when.before[window]]


def _age(entities: pd.DataFrame, when: _Day) -> pd.DataFrame:
    days = (when.now - entities["成立日期"].dropna()).dt.days
    days = days[days >= 0]
    return _said("profile.age_years", _ratio(days, pd.Series(365, index=days.index)), 1)


def _hazard(entities: pd.DataFrame) -> pd.DataFrame:
    return _said("profile.hazard", entities["危害程度"].dropna() * _MICRO, 1)


def _inspection(rows: pd.DataFrame, when: _Day) -> list[pd.DataFrame]:
    by = _since(rows, when, "inspection").assign(problem=lambda r: r["检查结果"] != "pass").groupby("entity")
    count = by.size()
    since_last = (when.now - rows.groupby("entity")["event"].max()).dt.days
    return [
        _said("inspection.problem_ratio", _ratio(by["problem"].sum(), count), count),
        _said("inspection.critical_count", by["严重问题数"].sum() * _MICRO, count),
        _said("inspection.serious_count", by["较重问题数"].sum() * _MICRO, count),
        _said("inspection.days_since_last", since_last * _MICRO, 1),
    ]


def _penalty(rows: pd.DataFrame, when: _Day) -> list[pd.DataFrame]:
    acting = _since(rows, when, "penalty")
    acting = acting[acting["影响期止"].isna() | (acting["影响期止"] > when.now)]
    by = acting.assign(serious=acting["违法情节"] == "serious", micro=_micro_cny(acting["罚没金额"])).groupby("entity")
    count = by.size()
    return [
        _said("penalty.count", count * _MICRO, count),
        _said("penalty.serious_count", by["serious"].sum() * _MICRO, count),
        _said("penalty.amount_cny", by["micro"].sum(), count),
    ]


def _abnormal_list(rows: pd.DataFrame, when: _Day) -> list[pd.DataFrame]:
    del when  # a listing stands until it is removed
    key = ["entity", "列入编号"]
    listed = rows[rows["列入或移出"] == "listed"].drop_duplicates(key)[key]
    removed = rows[rows["列入或移出"] == "removed"].drop_duplicates(key)[key].assign(over=True)
    kinds = rows.groupby(key, as_index=False)["名录类别"].min()
    listings = listed.merge(removed, on=key, how="left").merge(kinds, on=key)
    stands = listings["over"].isna()
    serious = stands & (listings["名录类别"] == "serious")
    by = listings.assign(stands=stands, serious=serious).groupby("entity")
    count = by.size()
    return [
        _said("abnormal_list.is_listed", by["stands"].any() * _MICRO, count),
        _said("abnormal_list.is_serious", by["serious"].any() * _MICRO, count),
    ]


def _missing_reports(filed: pd.DataFrame, entities: pd.DataFrame, when: _Day) -> pd.DataFrame:
    due = pd.Series({year: on for year, on in when.due.items() if when.before["annual_report"] < on <= when.now})
    years = pd.DataFrame({"year": due.index})
    founded = entities["成立日期"].dt.year.rename("founded").rename_axis("entity").reset_index()
    asked = founded.merge(years, how="cross")
    asked = asked[asked["founded"] <= asked["year"]]
    reports = filed[["entity", "年报年度"]].drop_duplicates().rename(columns={"年报年度": "year"})
    by = asked.merge(reports, on=["entity", "year"], how="left", indicator=True).groupby("entity")["_merge"]
    return _said("annual_report.missing_count", by.agg(lambda m: (m == "left_only").sum()) * _MICRO, by.size())


def _tax_filing(rows: pd.DataFrame, when: _Day) -> list[pd.DataFrame]:
    rows = _since(rows, when, "tax_filing")
    by = rows.assign(late=rows["event"] > rows["申报期限"], micro=_micro_cny(rows["欠税额"])).groupby("entity")
    count = by.size()
    return [
        _said("tax_filing.late_ratio", _ratio(by["late"].sum(), count), count),
        _said("tax_filing.arrears_cny", by["micro"].sum(), count),
    ]


def _complaint(rows: pd.DataFrame, when: _Day) -> list[pd.DataFrame]:
    rows = _since(rows, when, "complaint")
    upheld = rows["是否属实"].eq(True) & (rows["办结日期"] <= when.now)
    by = rows.assign(upheld=upheld).groupby("entity")
    count = by.size()
    return [
        _said("complaint.count", count * _MICRO, count),
        _said("complaint.upheld_count", by["upheld"].sum() * _MICRO, count),
    ]


def _licence(rows: pd.DataFrame, when: _Day) -> list[pd.DataFrame]:
    kind = ["entity", "许可类别"]
    ordered = rows.sort_values(["event", "有效期止", "许可证编号"], na_position="first")
    latest = ordered.drop_duplicates(kind, keep="last").set_index(kind)
    latest = latest[latest["申请类型"] != "cancel"]
    until, every = latest["有效期止"], rows.groupby(kind).size()
    documents = every[every.index.isin(latest.index)].groupby("entity").sum()
    expired = (until < when.now).groupby("entity").sum()
    expiring = until.between(when.now, when.licence_ahead).groupby("entity").sum()
    return [
        _said("licence.expired_count", expired * _MICRO, documents),
        _said("licence.expiring_count", expiring * _MICRO, documents),
    ]


def _change(rows: pd.DataFrame, when: _Day) -> list[pd.DataFrame]:
    count = _since(rows, when, "change").groupby("entity").size()
    return [_said("change.count", count * _MICRO, count)]


def _text(rows: pd.DataFrame, when: _Day) -> list[pd.DataFrame]:
    rows = _since(rows, when, "text")
    whole = (rows["标题"] + "。").fillna("") + rows["正文"]
    by = rows.assign(negative=np.array(polarities(whole)) < 0).groupby("entity")
    count = by.size()
    return [
        _said("text.negative_share", _ratio(by["negative"].sum(), count), count),
        _said("text.count", count * _MICRO, count),
    ]


_FAMILIES = {
    "inspection": _inspection,
    "penalty": _penalty,
    "abnormal_list": _abnormal_list,
    "annual_report": lambda rows, when: [],
    "tax_filing": _tax_filing,
    "complaint": _complaint,
    "licence": _licence,
    "change": _change,
    "text_item": _text,
}


if __name__ == "__main__":
    given = pd.read_csv(sys.argv[3], dtype="str", keep_default_na=False)
    indicators(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), given).to_parquet(sys.argv[4])
