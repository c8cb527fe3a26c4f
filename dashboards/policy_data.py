"""Named queries behind the page 规则: every rule with its dated values, its sources and who uses it, of the snapshot.

Not here: what a value means (its kernel knows) and how rules of a proposal differ (`grade_data`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dashboards.door import Door
from warehouse import catalog, serving
from warehouse.parameters import MADE_FROM

Place = tuple[str, ...]
ROOT = Path(__file__).parents[1]
PART_NAMES = Path(__file__).with_name("part_names.yaml")
_READERS = ("models", "warehouse", "dashboards")


@dataclass(frozen=True)
class Version:
    """A value of a rule and the days on which it holds, both included; `last` None is open."""

    first: date
    last: date | None
    value: Any


@dataclass(frozen=True)
class Rule:
    """One rule with its versions, earliest first; `cited` are the sources as a reader cites them."""

    policy_id: str
    title: str
    unit: str
    cited: tuple[str, ...]
    versions: tuple[Version, ...]

    @property
    def group(self) -> str:
        """The folder of the rule: the part of its id before the point."""
        return self.policy_id.partition(".")[0]

    def at(self, day: date) -> Version | None:
        """The version in force on a day; None before the first."""
        return next((v for v in reversed(self.versions) if v.first <= day), None)


@dataclass(frozen=True)
class Uses:
    """Who uses a rule: indicators it sets, tables computed with it, metrics (id → name), modules that read it."""

    indicators: tuple[str, ...]
    tables: tuple[str, ...]
    metrics: Mapping[str, str]
    modules: tuple[str, ...]


def rules(door: Door) -> dict[str, Rule]:
    """Every rule of the published run by its id, in the order of the ids."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in door.frame("select * from policy.value order by policy_id, valid_from").iter_rows(named=True):
        found.setdefault(row["policy_id"], []).append(row)
    return {
        policy_id: Rule(
            policy_id,
            rows[-1]["title_zh"],
            rows[-1]["unit"],
            tuple(rows[-1]["basis"].split("；")),
            tuple(Version(r["valid_from"], r["valid_to"], json.loads(r["value_json"])) for r in rows),
        )
        for policy_id, rows in found.items()
    }


def sources(door: Door) -> dict[str, dict[str, Any]]:
    """Every legal source by how it is cited: title, number, issuer, first day, articles."""
    rows = door.frame("select * from policy.basis").iter_rows(named=True)
    return {f"{r['title_zh']}（{r['document_no']}）" if r["document_no"] else r["title_zh"]: r for r in rows}


def as_of(door: Door) -> date:
    """The day of the published run, on which the page shows the rules unless asked for another."""
    found: date = door.frame("select max(as_of) as as_of from run.info").item()
    return found


def changed_on(found: Iterable[Rule]) -> list[date]:
    """The days on which a value of any rule begins or ends, latest first."""
    ends = {v.last + timedelta(days=1) for rule in found for v in rule.versions if v.last}
    return sorted({v.first for rule in found for v in rule.versions} | ends, reverse=True)


def part_names(door: Door, found: Mapping[str, Rule]) -> dict[str, str]:
    """What parts of values are called: words of part_names.yaml; sources, columns, tables, indicators by their own."""
    tables = catalog.all_contracts()
    named = {
        **{column.name: column.zh for table in tables for column in table.columns},
        **dict(door.frame("select basis_id, title_zh from policy.basis").iter_rows()),
        **_words(),
        **{table.qualified: table.zh for table in tables},
        **{name: table.zh for name, table in serving.promised().items()},
    }
    for rule in found.values():
        if rule.group == "indicator" and isinstance(value := rule.versions[-1].value, dict):
            named |= {key: one["name"] for key, one in value.items() if isinstance(one, dict) and "name" in one}
    return named


def said(value: str, names: Mapping[str, str]) -> str:
    """A word of a value as readers say it: by its own name, or by those of all its parts (`accept.ended`)."""
    if value in names:
        return names[value]
    told = [names.get(part) for part in value.split(".")]
    return " · ".join(one for one in told if one) if all(told) else value


@cache
def _words() -> Mapping[str, str]:
    words: dict[str, str] = yaml.safe_load(PART_NAMES.read_text(encoding="utf-8"))
    return words


def parts(value: Any, path: Place = ()) -> dict[Place, Any]:
    """A value as its parts by place: `("A", "total")` → 4; lists of plain values stay whole."""
    if isinstance(value, dict) and value:
        found: dict[Place, Any] = {}
        for name, one in value.items():
            found |= parts(one, (*path, str(name)))
        return found
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        named = {
            str(one["id"]) if isinstance(one, dict) and "id" in one else str(n): one for n, one in enumerate(value, 1)
        }
        return parts(named, path)
    return {path: value}


def differences(before: Any, after: Any) -> list[tuple[Place, Any, Any]]:
    """Places at which two values differ, with the part of each; None where one has no such part."""
    old, new = ({} if value is None else parts(value) for value in (before, after))
    return [
        (path, old.get(path), new.get(path)) for path in dict.fromkeys([*old, *new]) if old.get(path) != new.get(path)
    ]


def uses(door: Door, policy_id: str) -> Uses:
    """Who uses a rule, as the snapshot's lineage, the registries and the sources of this version say."""
    group, _, name = policy_id.partition(".")
    made = [
        f"policy.{t}" for t, ids in MADE_FROM.items() if policy_id in ids or (f"{group}.*" in ids and t != "indicator")
    ]
    lineage = door.frame(
        "select distinct table_name from contract.lineage where reads = any($made) order by 1", {"made": made}
    )
    metrics = door.frame(
        "select metric_id, metric_name from mart.metric_value"
        " where list_bool_or(list_transform(cast($made as varchar[]), lambda made: position(made in sql_text) > 0))"
        " order by 1",
        {"made": made},
    )
    indicators = door.frame(
        "select distinct i.name_zh, i.indicator_no from policy.indicator as i"
        " left join policy.scorecard_indicator as s on s.indicator_id = i.indicator_id"
        " where i.family <> 'limit'"
        " and ($group = 'indicator' and i.family = $name or $group = 'scorecard' and s.pack_id = $name)"
        " order by i.indicator_no",
        {"group": group, "name": name},
    )
    return Uses(
        tuple(indicators["name_zh"]),
        tuple(lineage["table_name"]),
        dict(metrics.iter_rows()),
        _modules().get(policy_id, ()),
    )


@cache
def _modules() -> Mapping[str, tuple[str, ...]]:
    """Rule → modules that ask for it by its id; tables of rules are told by the lineage instead."""
    found: dict[str, list[str]] = {}
    policies = {f"{path.parent.name}.{path.stem}" for path in (ROOT / "models" / "policy").glob("*/*.yaml")}
    for folder in _READERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if path.parent.name != "policy":
                for policy_id in policies:
                    if f'"{policy_id}"' in text:
                        found.setdefault(policy_id, []).append(str(path.relative_to(ROOT)))
    return {policy_id: tuple(paths) for policy_id, paths in found.items()}
