"""What the authorities found and decided, in plain pandas: inspections, findings, penalties and listings.

The peer of warehouse/sql/indicator for these families; it reads nothing of it. Rules and arithmetic: pandas_rules.
"""

from __future__ import annotations

import pandas as pd

from tests.bench.pandas_rules import (
    FADING_FINDING,
    FADING_PENALTY,
    FINDING,
    INSPECTION,
    INSPECTION_RATE,
    LEAST_SCALE,
    LISTING,
    MICRO,
    OF_INSPECTIONS,
    OF_PEERS,
    PENALTY,
    PRIOR_FINDINGS,
    PUBLIC_LISTING,
    PUBLIC_PENALTY,
    besides,
    half_even,
    micro_cny,
    public_until,
    ratio,
    said,
    shrunk,
    since,
    zone_rate,
)


def rated(rows: pd.DataFrame, entities: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Inspections of the last years with their `findings` and the `scale` (in 10^-6) of the team that came.

    A member's scale is what they found against what is usual on such visits, at every other entity; that of a team is
    1 and the deviations of its members.
    """
    seen = since(rows, now, INSPECTION_RATE)
    seen = seen.assign(findings=seen[["严重问题数", "较重问题数", "轻微问题数"]].sum(axis=1))
    such = seen.groupby(["检查类型", seen["entity"].map(entities["危害程度"])], dropna=False)["findings"]
    seen = seen.assign(usual=ratio(such.transform("sum"), such.transform("size")))
    seats = seen[["entity", "检查人员", "findings", "usual"]].dropna()
    seats = seats.assign(member=seats["检查人员"].str.split(";")).explode("member")
    told = ["findings", "usual"]
    elsewhere = seats.groupby("member")[told].transform("sum") - seats.groupby(["member", "entity"])[told].transform(
        "sum"
    )
    scale = half_even(
        (elsewhere["findings"] + PRIOR_FINDINGS) * MICRO * MICRO, elsewhere["usual"] + PRIOR_FINDINGS * MICRO
    )
    team = MICRO + (scale - MICRO).groupby(level=0).sum()
    return seen.assign(scale=team.reindex(seen.index, fill_value=MICRO).clip(lower=LEAST_SCALE))


def inspection(
    rows: pd.DataFrame, rated: pd.DataFrame, entities: pd.DataFrame, now: pd.Timestamp
) -> list[pd.DataFrame]:
    recent = since(rated, now, INSPECTION)
    problem = recent["检查结果"] != "pass"
    by = recent.assign(
        problem=problem,
        again=problem & (recent["检查类型"] == "复查"),
        no_entry=recent["检查结果"] == "no_entry",
        critical=half_even(recent["严重问题数"] * MICRO * MICRO, recent["scale"]),
        serious=half_even(recent["较重问题数"] * MICRO * MICRO, recent["scale"]),
    ).groupby("entity")
    count = by.size()
    ever = rated.groupby("entity")
    found, exposure, peers = ever["findings"].sum(), ever["scale"].sum(), entities["peers"]
    zone = zone_rate(found, exposure)
    usual = shrunk(besides(found, peers), besides(exposure, peers), zone, OF_PEERS)
    since_last = (now - rows.groupby("entity")["event"].max()).dt.days
    return [
        *said(
            "inspection",
            count,
            problem_ratio=ratio(by["problem"].sum() * MICRO, by["scale"].sum()),
            critical_count=by["critical"].sum(),
            serious_count=by["serious"].sum(),
            no_entry_count=by["no_entry"].sum() * MICRO,
            recheck_problem_count=by["again"].sum() * MICRO,
        ),
        *said("inspection", ever.size(), finding_rate=ratio(shrunk(found, exposure, usual, OF_INSPECTIONS), zone)),
        *said("inspection", 1, days_since_last=since_last * MICRO),
    ]


def finding(rows: pd.DataFrame, rated: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    visits = since(rated, now, FINDING)[["检查编号", "entity", "event", "scale"]]
    found = rows[["检查编号", "问题代码", "严重程度"]].merge(visits, on="检查编号")
    weight = pd.Series(FADING_FINDING[(now - found["event"]).dt.days], index=found.index)
    critical = half_even(weight * MICRO, found["scale"]).where(found["严重程度"] == "critical", 0)
    by = found.assign(critical=critical).groupby("entity")
    visits_of_code = found.groupby(["entity", "问题代码"])["检查编号"].nunique()
    return said(
        "finding",
        by.size(),
        repeated_count=(visits_of_code > 1).groupby("entity").sum() * MICRO,
        decayed_critical_count=by["critical"].sum(),
    )


def counting(rows: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """Penalties whose effect, publicity and window all end after `now`."""
    public = public_until(rows["event"], rows["违法情节"], PUBLIC_PENALTY)
    over = (rows["影响期止"] <= now) | (public <= now)
    return since(rows[~over], now, PENALTY)


def penalty(rows: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    """Of penalties that count."""
    by = rows.assign(
        serious=rows["违法情节"] == "serious",
        stop=rows["处罚种类"].isin(["责令停产停业", "吊销许可证件"]),
        micro=micro_cny(rows["罚没金额"]),
        weight=FADING_PENALTY[(now - rows["event"]).dt.days],
    ).groupby("entity")
    count = by.size()
    return said(
        "penalty",
        count,
        count=count * MICRO,
        serious_count=by["serious"].sum() * MICRO,
        stop_count=by["stop"].sum() * MICRO,
        amount_cny=by["micro"].sum(),
        decayed_count=by["weight"].sum(),
    )


def listings(rows: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """One row per listing: entity, kind, the day it was `listed`, the day it `ends` (NaT: open), and if it `stands`."""
    key = ["entity", "列入编号"]
    days = rows.pivot_table(values="event", index=key, columns="列入或移出", aggfunc="min")
    kind = rows.groupby(key)["名录类别"].min()
    found = days.reindex(columns=["listed", "removed"]).assign(kind=kind).dropna(subset=["listed"]).reset_index()
    public = public_until(found["listed"], found["kind"], PUBLIC_LISTING)
    ends = pd.concat([found["removed"], public], axis=1).min(axis=1)
    return found.assign(ends=ends, stands=~(ends <= now))


def abnormal_list(found: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    """Of the rows that `listings` gives."""
    start = now - pd.Timedelta(days=LISTING)
    days = (found["ends"].fillna(now).clip(upper=now) - found["listed"].clip(lower=start)).dt.days.clip(lower=0)
    by = found.assign(
        days=days,
        past=~found["stands"] & (found["ends"] > start),
        serious=found["stands"] & (found["kind"] == "serious"),
    ).groupby("entity")
    return said(
        "abnormal_list",
        by.size(),
        is_listed=by["stands"].any() * MICRO,
        is_serious=by["serious"].any() * MICRO,
        past_count=by["past"].sum() * MICRO,
        listed_days=by["days"].sum() * MICRO,
    )
