"""What a viewer reads of a snapshot: which tables, rows and columns, as views that stand in for the tables.

One mechanism for pages and analysts' SQL. The rules are policy access.*; who the viewer is, is settled elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from models.access.rules import AccessRules, Cut, Mask, access_rules
from models.access.viewer import Viewer
from warehouse import catalog
from warehouse.dialect import literal
from warehouse.parameters import POLICY_TABLES
from warehouse.serving import DICTIONARY, LINEAGE, promised

SNAPSHOT = "snapshot"
_LOOKED_UP = ("known.entity", "known.service_case")  # tables that tell whether a row of another one is the viewer's


@dataclass(frozen=True)
class Relation:
    """One table as a viewer reads it.

    `columns`: column → the expression that the view shows; `masked`: columns of which some or all values are NULL,
    or a text that says so, for this viewer; `condition`: which rows, None for all of them.
    """

    columns: Mapping[str, str]
    masked: frozenset[str]
    condition: str | None


def readable(viewer: Viewer, snapshot: str = SNAPSHOT, rules: AccessRules | None = None) -> Mapping[str, Relation]:
    """Return the tables that a viewer reads, `schema.table` → Relation; what stands in no contract is not among them.

    Expressions and conditions name other tables of the database `snapshot`.
    """
    in_force = rules or access_rules()
    return {
        name: _relation(viewer, name, columns, snapshot, in_force)
        for name, columns in _described().items()
        if in_force.reads(viewer, name)
    }


def statements(
    viewer: Viewer, snapshot: str = SNAPSHOT, present: Mapping[str, Collection[str]] | None = None
) -> list[str]:
    """Return CREATE SCHEMA and CREATE VIEW statements for an empty database beside the attached `snapshot`.

    `present`: columns of each table of the snapshot, where it is not of the version of this code; a table or column
    that it lacks gets no view, and one that only it has is not shown.
    """
    found = readable(viewer, snapshot)
    if present is not None:
        found = {
            name: Relation({c: e for c, e in one.columns.items() if c in present[name]}, one.masked, one.condition)
            for name, one in found.items()
            if name in present and all(other in present for other in _LOOKED_UP if _is_read(one, snapshot, other))
        }
    made = [f'create schema "{schema}"' for schema in sorted({name.partition(".")[0] for name in found})]
    for name, one in found.items():
        shown = ", ".join(f'{expression} as "{column}"' for column, expression in one.columns.items())
        where = f" where {one.condition}" if one.condition else ""
        made.append(f"create view {_quoted(name)} as select {shown} from {snapshot}.{_quoted(name)} as t{where}")
    return made


@cache
def _described() -> Mapping[str, Mapping[str, str]]:
    """Every table that a snapshot may hold, with the type of each column, as contracts and policy declare them."""
    found = {name: {c.name: c.type for c in table.columns} for name, table in promised().items()}
    found |= {t.qualified: {c.name: c.type for c in t.columns} for t in catalog.contracts("quality").values()}
    found |= {f"policy.{name}": dict(columns) for name, columns in POLICY_TABLES.items()}
    found |= {"contract.column": dict.fromkeys(DICTIONARY, "VARCHAR"), "contract.lineage": dict(LINEAGE)}
    return found


def _relation(viewer: Viewer, name: str, columns: Mapping[str, str], snapshot: str, rules: AccessRules) -> Relation:
    shown = {column: f't."{column}"' for column in columns}
    masked = set()
    for mask_id, mask in rules.masks.items():
        if rules.sees(viewer, mask_id) or name in mask.except_in:
            continue
        for column in mask.columns & columns.keys():
            hidden = _is_of(mask, columns, snapshot)
            told = literal(mask.told) if mask.told and columns[column] == "VARCHAR" else "null"
            empty = f"cast({told} as {columns[column]})"
            shown[column] = empty if hidden == "true" else f"case when {hidden} then {empty} else {shown[column]} end"
            masked.add(column)
    conditions = [c for cut in sorted(rules.cuts_of(name)) if (c := _condition(viewer, cut, snapshot))]
    return Relation(shown, frozenset(masked), " and ".join(conditions) or None)


def _is_of(mask: Mask, columns: Mapping[str, str], snapshot: str) -> str:
    """A condition: the row is of those that a mask hides, or may be."""
    if mask.of is None:
        return "true"
    form = literal(mask.of)
    if "legal_form" in columns:
        return f"coalesce(t.legal_form = {form}, false)"  # a register without legal forms has no sole proprietors
    if "entity_id" in columns:
        unlinked = "t.entity_id is null or " if mask.unlinked == "hidden" else ""
        of_form = f"select e.entity_id from {snapshot}.known.entity as e where e.legal_form = {form}"
        return f"({unlinked}coalesce(t.entity_id in ({of_form}), false))"
    return "true"


def _condition(viewer: Viewer, cut: Cut, snapshot: str) -> str | None:
    if cut == "department":
        return None if viewer.departments is None else f"t.department_id in {_list(viewer.departments)}"
    if cut == "case":
        # A step is read where its case is.
        parts: tuple[Cut, ...] = ("place", "department")
        of_case = (_condition(viewer, part, snapshot) for part in parts)
        seen = " and ".join(c for c in of_case if c)
        return f"t.case_id in (select t.case_id from {snapshot}.known.service_case as t where {seen})" if seen else None
    if viewer.districts is None or cut in ("whole", "admin"):
        return None
    mine = _list(viewer.districts)
    of_entity = f"t.entity_id in (select e.entity_id from {snapshot}.known.entity as e where e.district_code in {mine})"
    return {
        "district": f"t.district_code in {mine}",
        "entity": of_entity,
        "place": f"(t.district_code in {mine} or {of_entity})",
        "group": f"(t.group_kind <> 'district_code' or t.group_value in {mine})",
    }[cut]


def _is_read(one: Relation, snapshot: str, other: str) -> bool:
    return any(f"{snapshot}.{other} " in text for text in (one.condition or "", *one.columns.values()))


def _list(values: frozenset[str]) -> str:
    return "(" + (", ".join(literal(value) for value in sorted(values)) or "null") + ")"


def _quoted(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))
