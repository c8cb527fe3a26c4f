"""A back-test report on the terminal: tables of rates, rankings, capacities, schedules, days and groups.

Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from pipelines.console import console

_POOLS = {"all": "", "within_inspector": " by inspector", "random": " random"}
_GROUPS_SHOWN = 8
Estimate = dict[str, float | None]


def show(report: dict[str, Any]) -> None:
    """Print the whole report."""
    console.print(f"[bold]back-test {report['name']}[/]  grades as of {', '.join(report['as_of'])}")
    console.print(f"policy {report['runs'][0]['policy_version']}  code {report['runs'][0]['code_version']}")
    without = report["ungraded"]
    console.print(
        f"{report['inspections']:,} inspections {report['first']} … {report['last']}, {report['found']:,} with critical"
        f" findings; {without['inspections']:,} of entities without a grade ({without['found']:,} with) are left out"
    )
    if not report["inspections"]:
        return
    rankings = {pack: card["pools"] for pack, card in report["scorecards"].items()}
    _rates(rankings)
    rankings |= {name: one["pools"] for name, one in report["schedules"].items()}
    _rankings(rankings)
    _capacities(rankings)
    _reordered(rankings)
    for name, one in report["schedules"].items():
        console.print(
            f"schedule {name}: {one['entities']:,} entities, {one['inspected']:,} inspected, {one['unknown']:,} unknown"
            f"; {one['not_scheduled']:,} inspections of entities it does not name come last"
        )
    _days(report["scorecards"])
    _groups(report["groups"])
    console.print(
        "by inspector: compared only with visits of the same inspector; random: random draws by design weight\n"
        f"intervals: 95 %, Wilson for counts, else bootstrap by entity ({report['rounds']} rounds)"
    )


def _rates(rankings: dict[str, Any]) -> None:
    rows = [
        [
            pack + _POOLS[pool],
            grade["grade"],
            f"{grade['inspections']:,}",
            f"{grade['share']:.1%}",
            f"{grade['found']:,}",
            _percent(grade["rate"]),
        ]
        for pack, pools in rankings.items()
        for pool, told in pools.items()
        for grade in told["grades"]
        if grade["inspections"]
    ]
    _table("critical findings by grade", ["scorecard", "grade"], ["inspections", "share", "found", "rate"], rows)


def _rankings(rankings: dict[str, Any]) -> None:
    rows = [
        [
            name + _POOLS[pool],
            f"{told['inspections']:,}",
            _number(told["auc"], 3),
            _number(told["grade_auc"], 3),
            _number(told["worst_to_best"], 2),
            {None: "–", True: "yes", False: "no"}[told["is_rising"]],
        ]
        for name, pools in rankings.items()
        for pool, told in pools.items()
    ]
    right = ["inspections", "AUC score", "AUC grade", "worst÷best", "rises"]
    _table("ranking", ["ranking"], right, rows)


def _capacities(rankings: dict[str, Any]) -> None:
    rows = [
        [
            name + _POOLS[pool],
            f"{one['share']:.1%}",
            _percent(one["sensitivity"]),
            _percent(one["specificity"]),
            _percent(one["precision"]),
            _number(one["lift"], 2),
        ]
        for name, pools in rankings.items()
        for pool, told in pools.items()
        for one in told["capacities"]
    ]
    right = ["visited", "sensitivity", "specificity", "precision", "lift"]
    _table("the worst so many visited", ["ranking"], right, rows)


def _reordered(rankings: dict[str, Any]) -> None:
    rows = [
        [
            name + _POOLS[pool],
            _number(one["days_earlier"], 1),
            _number(one["chance_days_earlier"], 1).partition("\n")[0],
            f"{one['earlier']:,.0f}/{one['later']:,.0f}",
            _percent(one["later_share"]),
            _percent(one["first_half"]),
            _percent(one["was_first_half"]).partition("\n")[0],
        ]
        for name, pools in rankings.items()
        for pool, told in pools.items()
        for one in [told["reordered"]]
    ]
    right = ["days\nearlier", "at\nrandom", "earlier\n/later", "share\nlater", "in first\nhalf", "really\nwere"]
    _table("critical findings, had the order been this", ["ranking"], right, rows)


def _days(cards: dict[str, Any]) -> None:
    rows = [
        [
            pack,
            day["as_of"],
            f"{day['inspections']:,}",
            f"{day['found']:,}",
            "–" if day["expected"] is None else f"{day['expected']:,.0f}",
            _number(day["auc"], 3),
            f"{day['score_stability']:.3f}",
            f"{day['grade_stability']:.3f}",
        ]
        for pack, card in cards.items()
        for day in card["days"]
        if len(card["days"]) > 1
    ]
    right = ["inspections", "found", "expected", "AUC", "score PSI", "grade PSI"]
    _table("as-of days; PSI against the first", ["scorecard", "as of"], right, rows)
    for pack, card in cards.items():
        if (moved := card["migration"]) is not None:
            title = f"{pack}: entities from {moved['from']} (rows) to {moved['to']}"
            counts = [[g, *(f"{n:,}" for n in row)] for g, row in zip(card["grades"], moved["counts"], strict=True)]
            _table(title, ["grade"], card["grades"], counts)


def _groups(groups: dict[str, Any]) -> None:
    rows = [
        [
            kind,
            {"-": "not stated", "unregistered": "not on register"}.get(one["group"], one["group"][:13]),
            f"{one['entities']:,}",
            f"{one['inspections']:,}",
            "–" if one["per_100"] is None else f"{one['per_100']:.1f}",
            _percent(one["rate"]),
            f"{one['early']:,.0f}",
            "–" if one["early_rate"] is None else f"{one['early_rate']:.1%}",
        ]
        for kind, members in groups.items()
        for one in members[:_GROUPS_SHOWN]
    ]
    right = ["on\nregister", "visits", "per 100", "hit rate", "early", "hit rate\nthere"]
    _table(
        "burden and hit rate (early: in the first half by risk score)",
        ["by", "group"],
        right,
        rows,
    )


def _table(title: str, left: Sequence[str], right: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in left:
        shown.add_column(name, no_wrap=True)
    for name in right:
        shown.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        shown.add_row(*row)
    console.print(shown)


def _percent(one: Estimate) -> str:
    if one["value"] is None:
        return "–"
    ends = "" if one["low"] is None else f"\n{100 * one['low']:.1f}–{100 * (one['high'] or 0):.1f}"
    return f"{100 * one['value']:.1f} %{ends}"


def _number(one: Estimate, digits: int) -> str:
    if one["value"] is None:
        return "–"
    ends = "" if one["low"] is None else f"\n{one['low']:.{digits}f}–{one['high']:.{digits}f}"
    return f"{one['value']:.{digits}f}{ends}"
