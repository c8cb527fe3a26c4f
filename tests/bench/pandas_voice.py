"""What people say of a firm, in plain pandas: complaints, hotline orders (and approvals) and public texts.

The peer of warehouse/sql/indicator for these families; it reads nothing of it. Rules and arithmetic: pandas_rules.
"""

from __future__ import annotations

import pandas as pd

from models.text.linear import LinearModel
from models.text.own import SHIPPED
from models.text.reading import Gates, read
from tests.bench.pandas_rules import (
    BASELINE,
    BURST,
    CASE,
    COMPLAINT,
    FADING_COMPLAINT,
    MICRO,
    OF_CASES,
    OF_COMPLAINTS,
    OF_PEERS,
    OF_TEXTS,
    TEXT,
    besides,
    burst,
    burst_micro,
    half_even,
    ratio,
    relative,
    relative_micro,
    said,
    shrunk,
    shrunk_micro,
    since,
    zone_rate,
    zone_rate_micro,
)


def complaint(rows: pd.DataFrame, entities: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    rows = rows[rows["entity"].map(entities["登记状态"]).isin(["active", "revoked"])]
    recent = since(rows, now, COMPLAINT)
    upheld = recent["是否属实"].eq(True) & (recent["办结日期"] <= now)
    weight = upheld * FADING_COMPLAINT[(now - recent["event"]).dt.days]
    by = recent.assign(upheld=upheld, weight=weight).groupby("entity")
    count = by.size()
    if count.empty:
        return []
    alive = entities[entities["登记状态"].isin(["active", "revoked"])]
    own = count.reindex(alive.index, fill_value=0)
    one = pd.Series(1, index=alive.index)
    others = besides(one, alive["peers"])
    zone = zone_rate(own, one * MICRO)
    usual = shrunk(besides(own, alive["peers"]), others * MICRO, zone, OF_PEERS)
    latest, before = _parted(rows, now)
    lived = (now - alive["成立日期"].reindex(latest.index)).dt.days.fillna(BASELINE).astype("int64")
    expected = half_even(before * BURST * MICRO, (lived - BURST).clip(1, BASELINE))
    return [
        *said(
            "complaint",
            count,
            count=count * MICRO,
            upheld_count=by["upheld"].sum() * MICRO,
            decayed_upheld_count=by["weight"].sum(),
            peer_ratio=relative(count, one * MICRO, usual, OF_COMPLAINTS).reindex(count.index),
            burst=burst(latest, expected, OF_COMPLAINTS),
        ),
        *said("complaint", 0, area_ratio=ratio(usual[others > 0], zone)),
    ]


def service_case(rows: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    recent = since(rows, now, CASE)
    outcome = recent["办理结果"].where(recent["办结时间"] <= now)
    hotline = recent["办件类别"] == "hotline"
    by = recent.assign(
        hotline=hotline,
        unsolved=hotline & (outcome == "未解决"),
        refused=~hotline & (outcome == "不予"),
    ).groupby("entity")
    latest, before = _parted(rows[rows["办件类别"] == "hotline"], now)
    return said(
        "service_case",
        by.size(),
        hotline_count=by["hotline"].sum() * MICRO,
        unsolved_count=by["unsolved"].sum() * MICRO,
        refused_count=by["refused"].sum() * MICRO,
        burst=burst(latest, half_even(before * BURST * MICRO, BASELINE), OF_CASES),
    )


def text(rows: pd.DataFrame, told: pd.DataFrame, entities: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    """`told` (text, entity, weight in 10^-6): which texts count for whom, and how much."""
    rows = since(rows.merge(told, left_on="文本编号", right_on="text"), now, BURST + BASELINE)
    whole = (rows["标题"] + "。").fillna("") + rows["正文"]
    said_of = read(LinearModel.load(SHIPPED / "sentiment.npz"), whole.tolist(), Gates(0.0, 0.0))
    rows = rows.assign(negative=rows["weight"].where(said_of.polarity < 0, 0))
    by = since(rows, now, TEXT).groupby("entity")
    count, weight, negative = by.size(), by["weight"].sum(), by["negative"].sum()
    if count.empty:
        return []
    peers, zone = entities["peers"], zone_rate_micro(negative, weight)
    usual = shrunk_micro(besides(negative, peers), besides(weight, peers), zone, OF_PEERS)
    latest = since(rows, now, BURST).groupby("entity")["negative"].sum()
    latest = latest[latest > 0]
    before = rows.groupby("entity")["negative"].sum().reindex(latest.index) - latest
    return said(
        "text",
        count,
        negative_share=ratio(negative, weight),
        count=weight,
        negative_peer_ratio=relative_micro(negative, weight, usual, OF_TEXTS),
        burst=burst_micro(latest, half_even(before * BURST, BASELINE), OF_TEXTS),
    )


def _parted(rows: pd.DataFrame, now: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    """Events of the latest days, and of the days before, of every entity with a latest one."""
    rows = since(rows, now, BURST + BASELINE)
    latest = since(rows, now, BURST).groupby("entity").size()
    return latest, rows.groupby("entity").size().reindex(latest.index) - latest
