"""The deliveries as a competent analyst would read them with pandas: typed, cleaned, current, linked to entities.

A second, independent writing of what warehouse ingest and the fact SQL do; it reads none of their SQL or contracts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from models.matching.credit_code import valid_codes
from tests.bench.delivered import Files

CODE, NAME, REGISTERED_NAME, DISTRICT = "统一社会信用代码", "主体名称", "企业名称", "区划代码"
REPORTED = "报送日期"
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")
_PLAUSIBLE = (pd.Timestamp("1900-01-01"), pd.Timestamp("2079-12-31"))


def _words(*words: str) -> dict[str, object]:
    return dict(zip(words, words, strict=True))


_LISTED = {"列入": "listed", "移出": "removed"}
_LIST_KINDS = {"经营异常名录": "abnormal", "严重违法失信名单": "serious"}
_RESULTS = {"通过": "pass", "责令改正": "rectify", "不合格": "fail", "未能进入": "no_entry"}
_VISITS = _words("双随机抽查", "日常检查", "专项检查", "投诉核查", "复查", "许可核查")
_PENALTIES = _words("警告", "罚款", "没收违法所得", "责令停产停业", "吊销许可证件")
_SEVERITIES = {"轻微": "minor", "一般": "general", "严重": "serious"}
_FOUND = {"轻微": "minor", "较重": "serious", "严重": "critical"}
_APPLICATIONS = {"新办": "issue", "延续": "renew", "变更": "change", "注销": "cancel"}
_CHANGES = _words(
    "名称变更", "住所变更", "辖区变更", "行业变更", "注册资本变更", "类型变更", "状态变更", "合并", "分立"
)
_FORMS = _words("公司", "分支机构", "个体工商户", "合伙企业", "农民专业合作社", "其他")
_STATES = {"存续": "active", "吊销": "revoked", "注销": "deregistered", "迁出": "moved_out"}
_HAZARDS = {"低": 0, "中": 1, "高": 2}
_TEXT_CHANNELS = _words("点评", "微博", "论坛", "短视频", "新闻跟帖")
_CASE_KINDS = {"行政审批": "approval", "热线工单": "hotline"}
_OUTCOMES = _words("准予", "不予", "撤回", "已解决", "已解释", "未解决")
_YES = {"是": True, "否": False}


@dataclass(frozen=True)
class Plan:
    """How one source is to be read; `dates` begins with the day of the event, `known` names the day of report.

    Without one the row is known `lag` days after the event. `needed` may not be missing, codes must be on their list.
    """

    key: tuple[str, ...]
    dates: tuple[str, ...]
    needed: tuple[str, ...]
    codes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    known: str | None = REPORTED
    lag: int = 0


PLANS = {
    "registration": Plan(
        (CODE, "登记日期"), ("登记日期", "成立日期"), (CODE, REGISTERED_NAME, "登记日期", "登记状态"),
        {"主体类型": _FORMS, "危害程度": _HAZARDS, "登记状态": _STATES}, ("注册资本",),
    ),
    "change": Plan(
        ("变更编号",), ("变更日期",), ("变更编号", CODE, "部门编号", "变更事项", "变更日期"), {"变更事项": _CHANGES}
    ),
    "licence": Plan(
        ("许可证编号",), ("发证日期", "有效期止"),
        ("许可证编号", CODE, "部门编号", "许可类别", "申请类型", "发证日期"), {"申请类型": _APPLICATIONS},
    ),
    "inspection": Plan(
        ("检查编号",), ("检查日期",),
        ("检查编号", CODE, "部门编号", "检查类型", "检查日期", "检查结果", "严重问题数", "较重问题数", "轻微问题数"),
        {"检查类型": _VISITS, "检查结果": _RESULTS}, ("严重问题数", "较重问题数", "轻微问题数"),
    ),
    "finding": Plan(  # its day is that of the inspection
        ("问题编号",), (REPORTED,), ("问题编号", "检查编号", "问题代码", "严重程度"), {"严重程度": _FOUND}
    ),
    "penalty": Plan(
        ("处罚决定书文号",), ("处罚日期", "影响期止"),
        ("处罚决定书文号", CODE, "部门编号", "处罚种类", "违法情节", "处罚日期"),
        {"处罚种类": _PENALTIES, "违法情节": _SEVERITIES}, ("罚没金额",),
    ),
    "abnormal_list": Plan(
        ("列入编号", "列入或移出"), ("决定日期",), ("列入编号", "列入或移出", CODE, "部门编号", "名录类别", "决定日期"),
        {"列入或移出": _LISTED, "名录类别": _LIST_KINDS},
    ),
    "annual_report": Plan(
        ("年报编号",), ("报送年报日期",), ("年报编号", CODE, "部门编号", "年报年度", "报送年报日期"),
        numbers=("从业人数", "营业收入"), known=None, lag=1,
    ),
    "tax_filing": Plan(
        ("申报编号",), ("申报日期", "申报期限", "税款所属期起"),
        ("申报编号", CODE, "税种", "税款所属期起", "申报期限", "申报日期"), known=None, lag=1,
    ),
    "complaint": Plan(
        ("投诉举报编号",), ("受理日期", "办结日期"), ("投诉举报编号", "部门编号", "投诉举报类别", "受理日期"),
        {"是否属实": _YES},
    ),
    "service_case": Plan(
        ("办件编号",), ("受理时间", "办结时间"), ("办件编号", "办件类别", "事项代码", "承办部门", "渠道", "受理时间"),
        {"办件类别": _CASE_KINDS, "办理结果": _OUTCOMES, "是否督办": _YES},
        ("法定时限", "承诺时限", "评价等级"), known=None,
    ),
    "text_item": Plan(
        ("文本编号",), ("发布时间",), ("文本编号", "渠道", "正文", "发布时间"), {"渠道": _TEXT_CHANNELS}, known=None
    ),
}  # fmt: skip


def read(files: Files) -> pd.DataFrame:
    """Every usable row of a source of PLANS, typed, with `event` and `known` (days); exact repeats are gone."""
    delivered = pd.concat([_frame(files, path) for path in files.paths], ignore_index=True)
    return _usable(delivered.drop_duplicates(), PLANS[files.source_id])


def in_force(rows: pd.DataFrame, key: tuple[str, ...], now: pd.Timestamp) -> pd.DataFrame:
    """Of each key the version last known by the end of `now`, if its event lies not after it."""
    last = rows[rows["known"] <= now].sort_values("known", kind="stable").drop_duplicates(list(key), keep="last")
    return last[last["event"] <= now]


class Register:
    """Who is registered as of `now`: `states` of every day that shows one, and the last of each in `entities`.

    Links rows by code, else by a name that only one entity ever bore, else as `links` says: those that the matching
    model or a person made (mention → code). They are taken as given, because the twin repeats arithmetic, not judgement.
    An entity is its place in `codes`, which is quicker to group by than its code.
    """

    def __init__(self, registration: pd.DataFrame, links: pd.Series, now: pd.Timestamp) -> None:
        told = registration[(registration["known"] <= now) & (registration["event"] <= now)]
        told = told.sort_values(["event", "known"], kind="stable")
        self.codes = pd.Index(told[CODE].unique())
        told = told.assign(entity=self.number(told[CODE]))
        # What a register says holds until it says otherwise; of one day the last word stands.
        carried = told.groupby("entity")[[c for c in told.columns if c != "entity"]].ffill()
        self.states = carried.assign(entity=told["entity"]).drop_duplicates(["entity", "event"], keep="last")
        last = self.states.drop_duplicates("entity", keep="last").set_index("entity").sort_index()
        self.entities = last.assign(peers=last.groupby(["行业代码", DISTRICT], dropna=False).ngroup())
        bearers = told.assign(key=_name_keys(told[REGISTERED_NAME])).dropna(subset=["key"])
        bearers = bearers.drop_duplicates(["key", "entity"])
        self._names = bearers[~bearers["key"].duplicated(keep=False)].set_index("key")["entity"]
        self._links = self.number(links)

    def number(self, codes: pd.Series) -> pd.Series:
        """The entity of each code, -1 where none is registered."""
        return pd.Series(self.codes.get_indexer(codes), index=codes.index)

    def linked(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows that concern an entity, with its number in `entity`."""
        entity = self.number(rows[CODE]) if CODE in rows else pd.Series(-1, index=rows.index)
        if NAME in rows:
            entity = _filled(entity, _name_keys(rows.loc[entity < 0, NAME]).map(self._names))
        entity = _filled(entity, _mentions(rows[entity < 0]).map(self._links))
        return rows.assign(entity=entity)[entity >= 0]


def _filled(entity: pd.Series, found: pd.Series) -> pd.Series:
    return entity.where(entity >= 0, found.reindex(entity.index).fillna(-1)).astype("int64")


def _mentions(rows: pd.DataFrame) -> pd.Series:
    parts = [rows[c].fillna("") if c in rows else pd.Series("", index=rows.index) for c in (CODE, NAME, DISTRICT)]
    return parts[0] + "|" + parts[1] + "|" + parts[2]


def _frame(files: Files, path: Path) -> pd.DataFrame:
    match files.file_format:
        case "parquet":
            return pd.read_parquet(path)
        case "csv":
            return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding=files.encoding)
        case "jsonl":
            return pd.read_json(path, lines=True, dtype=False)
    raise ValueError(f"{files.source_id}: no twin for format {files.file_format}; add it to pandas_tables")


def _usable(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Type the columns that the plan names and drop the rows that break it."""
    bad = pd.Series(data=False, index=rows.index)
    typed: dict[str, pd.Series] = {}
    for name in dict.fromkeys([*plan.dates, *([plan.known] if plan.known else [])]):
        typed[name] = _days(rows[name])
        bad |= ~(typed[name].between(*_PLAUSIBLE) | rows[name].isna())
    for name, meaning in plan.codes.items():
        typed[name] = rows[name].map(meaning)
        bad |= typed[name].isna() & rows[name].notna()
    for name in plan.numbers:
        typed[name] = pd.to_numeric(rows[name], errors="coerce")
        bad |= typed[name].isna() & rows[name].notna()
    rows = rows.assign(**typed)
    for name in plan.needed:
        bad |= rows[name].isna()
    if REGISTERED_NAME in rows:
        bad |= ~pd.Series(valid_codes(rows[CODE].array._pa_array), index=rows.index)
    event = rows[plan.dates[0]]
    known = rows[plan.known].fillna(event) if plan.known else event + pd.Timedelta(days=plan.lag)
    return rows.assign(event=event, known=known)[~bad]


def _days(delivered: pd.Series) -> pd.Series:
    if not isinstance(delivered.dtype, pd.StringDtype):
        return pd.to_datetime(delivered).dt.normalize()
    day = delivered.str.slice(0, 11).str.strip()
    found = pd.to_datetime(day, format=_FORMATS[0], errors="coerce")
    for style in _FORMATS[1:]:
        missing = found.isna() & day.notna()
        found = found.where(~missing, pd.to_datetime(day.where(missing), format=style, errors="coerce"))
    return found


_WIDE = {ord("０") + n: str(n) for n in range(10)} | {ord("ａ") + n: chr(ord("a") + n) for n in range(26)}
_PUNCTUATION = re.compile(r"[ \t\r\n\f\v（）()\[\]【】〔〕{}<>《》·•.,，。、'\"‘’“”&/#*_\-]")


def _name_keys(names: pd.Series) -> pd.Series:
    """Names without case, width and punctuation; each distinct name is worked on once."""
    distinct = pd.Series(names.dropna().unique())
    keys = (
        distinct.str.normalize("NFC").str.lower().map(lambda name: _PUNCTUATION.sub("", name.translate(_WIDE)) or None)
    )
    return names.map(pd.Series(keys.array, index=distinct.array))
