"""The minutes of a draw in Chinese as PDF (抽取笔录), for people to read and sign; the CSV files are what is verified.

Layout only: every figure comes from the files of the auditors' edition.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from models.sampling.announcement import Reveal, seed_of
from models.sampling.editions import sha256
from warehouse import typeset

_LISTED = 2000  # visits beyond which the list stays in its CSV file: a protocol of hundreds of pages is not read
_KINDS = {"annual": "年度计划", "monthly": "月度计划", "special": "专项计划"}
_HEAD = """\
#show raw: set text(size: 7.5pt)
#let hash(value) = raw(value.slice(0, 32) + " " + value.slice(32))
#align(center, text(size: 17pt, weight: "bold")[双随机抽取笔录])
#align(center, text(size: 12pt, {title}))
"""


def protocol_pdf(files: Mapping[str, bytes]) -> bytes:
    """The minutes of a drawn auditors' edition (before its manifest); the same bytes for the same files and fonts.

    Raises:
        FontMissingError: the machine lacks the Chinese font.
    """
    plan = json.loads(files["plan.json"])
    day = date.fromisoformat(plan["as_of"])  # PDF/A wants a date; the bundle has no other
    return typeset.pdf(plan["title"], source(files), day)


def source(files: Mapping[str, bytes]) -> str:
    """The minutes in the language of typst, without the page they stand on."""
    names = sorted((name for name in files if name.startswith("announcement-")), key=lambda name: (len(name), name))
    announcements = [files[name] for name in names]
    told, rounds = json.loads(announcements[-1]), json.loads(files["reveals.json"])["rounds"]
    plan = json.loads(files["plan.json"])
    values = {one["party"]: one for one in rounds[-1]}
    seed = seed_of(announcements[-1], files["key.txt"].decode().strip(), [Reveal(**one) for one in rounds[-1]])
    parts = [_HEAD.format(title=typeset.text(plan["title"]))]
    parts += [
        "= 一、计划",
        _table(
            ["项目", "内容"],
            [
                ["计划编号", plan["plan_id"]],
                ["类别", _KINDS.get(plan["kind"], plan["kind"])],
                ["数据截止日", plan["as_of"]],
                ["检查期间", f"{plan['window_from']} 至 {plan['window_to']}"],
                ["每次检查人员", f"不少于 {plan['inspectors_per_visit']} 人"],
                ["规则版本", plan["policy_digest"]],
                ["名录", f"{told['frame_count']:,} 户次，抽取 {told['drawn_count']:,} 户次"],
            ],
        ),
        "= 二、各方密封值与揭示值",
        f"第 {told['round']} 轮。各方在名录冻结前交存密封值，承诺书公布后揭示；每一方的揭示值都与其密封值相符。",
    ]
    parts += [
        f"第 {number} 轮作废：{_names(given, told)} 逾期未揭示，不得再参加。"
        for number, given, told in _void(announcements, rounds)
    ]
    parts += [
        _table(
            ["参与方", "揭示值"],
            [[p["party"], values[p["party"]]["value"]] for p in told["parties"]],
        ),
        *_hashes([(f"{p['party']}的密封值", p["commitment"]) for p in told["parties"]]),
        "= 三、承诺书与种子",
        *_hashes(
            [
                ("承诺书摘要（抽取前公布）", sha256(announcements[-1])),
                ("种子", seed),
                ("名录根", told["roots"]["frame"]),
            ]
        ),
        *_hashes([("排除根", told["roots"]["excluded"]), ("检查人员根", told["roots"]["inspectors"])]),
        *_hashes([("请假根", told["roots"]["leaves"]), ("回避根", told["roots"]["recusals"])]),
        "= 四、分层与抽取户数",
        _strata(plan),
        "= 五、抽中对象与检查人员",
        *_visits(files),
        "= 六、核验与签字",
        "任何持本包的人可运行 `python3 -I verify.py 本包.zip 承诺书摘要` 核验全部内容；本笔录供阅读，以 CSV 文件为准。",
        "本页含信用与风险分层信息，属内部资料，不得公开。",
        _table(
            ["身份", "姓名", "日期"],
            [[p["party"], "", ""] for p in told["parties"]] + [["主持人", "", ""], ["记录人", "", ""]],
        ),
    ]
    return "\n\n".join(parts)


def _void(announcements: Sequence[bytes], rounds: Sequence[Any]) -> Iterable[tuple[int, Any, dict[str, Any]]]:
    for number, (given, announced) in enumerate(zip(rounds[:-1], announcements, strict=False), start=1):
        yield number, given, json.loads(announced)


def _names(given: Sequence[Mapping[str, str]], told: Mapping[str, Any]) -> str:
    missing = {party["party"] for party in told["parties"]} - {one["party"] for one in given}
    return _shown("、".join(sorted(missing)))


def _hashes(named: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{_shown(name)}：#linebreak() #hash({typeset.text(value)})" for name, value in named]


def _strata(plan: Mapping[str, Any]) -> str:
    methods = {"equal": "等概率", "pps": "按规模"}
    rows = [
        [
            s["task_id"],
            s["stratum_id"],
            methods[s["method"]],
            f"{s['population']:,}",
            f"{s['ratio_ppm'] / 10000:g}%",
            f"{s['drawn']:,}",
        ]
        for s in plan["strata"]
    ]
    return _table(["任务", "分层", "方法", "总体（户）", "比例", "抽取（户）"], rows)


def _visits(files: Mapping[str, bytes]) -> list[str]:
    seats: dict[str, list[str]] = {}
    for seat in _rows(files, "teams.csv"):
        seats.setdefault(seat["entity_code"], []).append(seat["inspector_id"])
    visits = list(_rows(files, "visits.csv"))
    people = len({one for team in seats.values() for one in team})
    told = (
        f"合并后上门 {len(visits):,} 次，由 {people:,} 名检查人员执行；入样概率与候补次序见 drawn.csv、reserves.csv。"
    )
    if len(visits) > _LISTED:
        digest = sha256(files["visits.csv"])
        return [
            told,
            f"名单共 {len(visits):,} 行，见 visits.csv 与 teams.csv，其 visits.csv 的 SHA-256 为：",
            f"#hash({typeset.text(digest)})",
        ]
    rows = [[v["visit_order"], v["entity_code"], v["task_ids"], "、".join(seats[v["entity_code"]])] for v in visits]
    return [told, _table(["次序", "主体代码", "任务", "检查人员"], rows, ["auto", "1.4fr", "1.6fr", "1.6fr"])]


def _rows(files: Mapping[str, bytes], name: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(files[name].decode("utf-8"), newline=""))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[str] = ()) -> str:
    return typeset.table(head, rows, widths or ["auto"] * len(head))


def _shown(value: str) -> str:
    """A text as content that typst shows as it is: nothing in it is read as markup, and long codes may break."""
    return f"#text({typeset.text(value)})"
