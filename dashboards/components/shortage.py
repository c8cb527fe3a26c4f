"""What stands in the way of a plan, in Chinese: what is short, what falls below the list, what is wrong with its file.

The sentences come from models/sampling in English; one that is not known here is shown as it is.
"""

import re
from collections.abc import Mapping

from dash import html

_WORDS = (
    (
        r"department (\S+) is short of (\d+) seats: districts? (.+?)(?: \(skill (.+?) among them\))? ask for (\d+) "
        r"inspector visits, those who may serve there offer (\d+);.*",
        "{0}缺 {1} 个检查席位：{2}{3}共需 {4} 人次，可派往该处的人员只能承担 {5} 人次；"
        "请降低比例、延长时间窗或增派人员",
    ),
    (
        r"task (\S+), entity (\S+): (\d+) inspectors may go, (\d+) must.*",
        "任务 {0} 的主体 {1}：依法可派 {2} 人，须派 {3} 人；请增派人员或缩小范围",
    ),
    (r"and (\d+) more entities that no lawful team could visit", "另有 {0} 户没有可依法派出的检查组"),
    (
        r"task (\S+) draws (\d+) of (\d+) \(([\d.%]+)\), the check list asks for ([\d.]+) % a year",
        "任务 {0} 抽取 {1} 户（共 {2} 户，{3}），清单要求全年 {4}%",
    ),
    (
        r"(?:\S+: )?task (\S+): no active entity is within its scope.*",
        "任务 {0} 的范围内没有存续主体；请放宽范围或删去该任务",
    ),
    (
        r"(?:\S+: )?task (\S+): nobody of (\d+) within its scope is left to draw.*",
        "任务 {0} 范围内的 {1} 户都不列入抽签，已无可抽对象",
    ),
    (r"(\S+): (\S+)\.items: (.+) not on the check list.*", "{0} 的 {1}：{2} 不在抽查事项清单上（清单之外无检查）"),
    (r"(\S+): window: (\d+) days;.*lasts at most (\d+).*", "{0}：时间窗 {1} 天，超过该类计划的上限 {2} 天"),
    (r"(\S+): window: spans two calendar years.*", "{0}：时间窗跨年；上限与互认按年度计，请每年各写一份计划"),
    (r"(.+) not on the lists .*", "{0} 不在抽查事项清单上（清单之外无检查）"),
    (r"Invalid isoformat string: '(.*)'", "日期写作 YYYY-MM-DD：{0}"),
    (r"\S+: kind: Input should be .*", "类别须是年度、月度或专项（kind：annual、monthly、special）"),
    (r"\S+: window: Value error, the window ends on .*", "时间窗末日早于首日"),
    (r"(\S+): (.+): Field required", "{0}：缺少 {1}"),
    (r"(\S+): (.+): Extra inputs are not permitted", "{0}：没有 {1} 这一项"),
    (r"(\S+): (.+): String should match pattern.*", "{0}：{1} 只能用小写字母、数字与连字符"),
)


def in_words(told: str, departments: Mapping[str, str], districts: Mapping[str, str]) -> str:
    """One sentence about a plan in Chinese."""
    for pattern, words in _WORDS:
        if match := re.fullmatch(pattern, told):
            found = [part or "" for part in match.groups()]
            if told.startswith("department "):
                found[0] = departments.get(found[0], found[0])
                places = [
                    "未载明区县" if code == "no district" else districts.get(code, code)
                    for code in found[2].split(", ")
                ]
                found[2], found[3] = "、".join(places), f"（含专业 {found[3]}）" if found[3] else ""
            return words.format(*found)
    return told


def sentences(told: list[str], departments: Mapping[str, str], districts: Mapping[str, str]) -> html.Ul:
    """Several of them as a list; the original stands behind each."""
    return html.Ul([html.Li(in_words(line, departments, districts), title=line) for line in told])
