"""What a firm is and files, in plain pandas: profile, changes, licences, annual reports, tax filings and kin.

The peer of warehouse/sql/indicator for these families; it reads nothing of it. Rules and arithmetic: pandas_rules.
"""

from __future__ import annotations

import pandas as pd

from tests.bench.pandas_rules import (
    CHANGE,
    LICENCE_AHEAD,
    MICRO,
    OF_FILINGS,
    OF_PEERS,
    REPORT,
    REPORTS_DUE,
    TAX,
    besides,
    cents,
    micro_cny,
    ratio,
    relative,
    said,
    shrunk,
    since,
    zone_rate,
)
from tests.bench.pandas_tables import DISTRICT, Register

_MOST_GROWTH = 100 * MICRO


def profile(entities: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    age = (now - entities["成立日期"].dropna()).dt.days
    at_home = entities["住所"].dropna()
    active = (entities["登记状态"] == "active").loc[at_home.index]
    unlocated = entities["住所"].isna() | entities[DISTRICT].isna()
    return said(
        "profile",
        1,
        age_years=ratio(age[age >= 0], 365),
        hazard=entities["危害程度"].dropna() * MICRO,
        capital_cny=micro_cny(entities["注册资本"].dropna()),
        is_revoked=(entities["登记状态"] == "revoked") * MICRO,
        is_unlocated=unlocated * MICRO,
        same_address_count=(active.groupby(at_home).transform("sum") - 1).clip(lower=0) * MICRO,
    )


def change(rows: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    rows = since(rows, now, CHANGE)
    moved, renamed = rows["变更事项"].isin(["住所变更", "辖区变更"]), rows["变更事项"] == "名称变更"
    by = rows.assign(moved=moved, renamed=renamed).groupby("entity")
    return said(
        "change",
        by.size(),
        count=by.size() * MICRO,
        address_count=by["moved"].sum() * MICRO,
        name_count=by["renamed"].sum() * MICRO,
    )


def licence(rows: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    kind = ["entity", "许可类别"]
    ordered = rows.sort_values(["event", "有效期止", "许可证编号"], na_position="first")
    latest = ordered.drop_duplicates(kind, keep="last").set_index(kind)
    latest = latest[latest["申请类型"] != "cancel"]
    until = latest["有效期止"]
    documents = rows.groupby(kind).size().reindex(latest.index).groupby("entity").sum()
    return said(
        "licence",
        documents,
        expired_count=(until < now).groupby("entity").sum() * MICRO,
        expiring_count=until.between(now, now + pd.Timedelta(days=LICENCE_AHEAD)).groupby("entity").sum() * MICRO,
        held_count=(until.isna() | (until >= now)).groupby("entity").sum() * MICRO,
    )


def annual_report(rows: pd.DataFrame, entities: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    years = pd.DataFrame({"year": range(now.year - 10, now.year)})
    years["due"] = pd.to_datetime((years["year"] + 1).astype(str) + "-" + REPORTS_DUE)
    years = years[(years["due"] <= now) & (years["due"] > now - pd.Timedelta(days=REPORT))]
    founded = entities["成立日期"].dt.year.rename("founded").reset_index()
    due = founded.merge(years, how="cross").query("founded <= year")
    filed = rows.groupby(["entity", "年报年度"])["event"].min().rename("filed").rename_axis(["entity", "year"])
    due = due.merge(filed.reset_index(), on=["entity", "year"], how="left")
    by = due.assign(missing=due["filed"].isna(), late=due["filed"] > due["due"]).groupby("entity")
    newest = rows.sort_values(["年报年度", "event", "年报编号"], ascending=False)
    place = newest.groupby("entity").cumcount()
    last, before = (newest[place == number].set_index("entity") for number in (0, 1))
    revenue = pd.DataFrame({"last": last["营业收入"], "before": before["营业收入"]}).dropna().query("before > 0")
    growth = ratio(cents(revenue["last"]), cents(revenue["before"])).clip(upper=_MOST_GROWTH)
    return [
        *said(
            "annual_report",
            by.size(),
            missing_count=by["missing"].sum() * MICRO,
            late_count=by["late"].sum() * MICRO,
        ),
        *said("annual_report", 1, employee_count=last["从业人数"].dropna().astype("int64") * MICRO),
        *said("annual_report", 2, revenue_change_ratio=growth),
    ]


def tax_filing(rows: pd.DataFrame, entities: pd.DataFrame, now: pd.Timestamp) -> list[pd.DataFrame]:
    rows = since(rows, now, TAX)
    by = rows.assign(late=rows["event"] > rows["申报期限"], micro=micro_cny(rows["欠税额"])).groupby("entity")
    count, late = by.size(), by["late"].sum()
    peers = entities["peers"]
    zone = zone_rate(late, count * MICRO)
    usual = shrunk(besides(late, peers), besides(count, peers) * MICRO, zone, OF_PEERS)
    return said(
        "tax_filing",
        count,
        late_ratio=ratio(late, count),
        arrears_cny=by["micro"].sum(),
        late_peer_ratio=relative(late, count * MICRO, usual, OF_FILINGS),
    )


def relation(register: Register, penalties: pd.DataFrame, listings: pd.DataFrame) -> list[pd.DataFrame]:
    """What `penalties` that count today and `listings` that stand today say of branches, parents and predecessors."""
    parents = _superiors(register, "上级主体代码")
    predecessors = _superiors(register, "前身主体代码")
    records = pd.concat(
        [
            penalties[["entity"]].assign(penalty=1, listing=0, serious=0),
            listings[["entity"]].assign(penalty=0, listing=1, serious=(listings["kind"] == "serious").astype("int64")),
        ]
    ).assign(records=1)
    branch = _tied(parents.rename(columns={"entity": "other", "other": "entity"}), records)
    parent, heir = _tied(parents, records), _tied(predecessors, records)
    # A predecessor that goes on was split: its records stay with it.
    taken_over = _tied(predecessors[~_goes_on(register, predecessors)], records).reindex(heir.index, fill_value=0)
    return [
        *said(
            "relation",
            branch["records"],
            branch_penalty_count=branch["penalty"] * MICRO,
            branch_listing_count=branch["listing"] * MICRO,
        ),
        *said(
            "relation",
            parent["records"],
            parent_penalty_count=parent["penalty"] * MICRO,
            parent_is_serious=parent["serious"].clip(upper=1) * MICRO,
        ),
        *said(
            "relation",
            heir["records"],
            inherited_penalty_count=taken_over["penalty"] * MICRO,
            inherited_listing_count=taken_over["listing"] * MICRO,
        ),
    ]


def _superiors(register: Register, column: str) -> pd.DataFrame:
    """Which `other` entity a column of the register names for each, since the first day that shows it."""
    told = register.states.dropna(subset=[column])
    told = told.assign(other=register.number(told[column]))
    told = told[(told["other"] >= 0) & (told["other"] != told["entity"])]
    return told.sort_values("event").drop_duplicates(["entity", "other"])[["entity", "other", "event"]]


def _tied(kin: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Records of the `other` entities of each entity, counted; 0 where none of them has one."""
    counts = records.groupby("entity").sum().reindex(kin["other"], fill_value=0)
    return counts.set_axis(kin["entity"].array).groupby(level=0).sum()


def _goes_on(register: Register, successions: pd.DataFrame) -> pd.Series:
    """Whether each predecessor still trades on the day of the succession."""
    held = register.states[["entity", "event", "登记状态"]].sort_values("event", kind="stable")
    asked = successions.sort_values("event")
    then = pd.merge_asof(asked, held, on="event", left_by="other", right_by="entity")["登记状态"]
    return (then == "active").set_axis(asked.index).reindex(successions.index)
