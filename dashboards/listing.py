"""Lists that the server pages, sorts and filters: whitelisted columns and operators, bound values, stable order.

Turns a grid request into SQL; it draws nothing, and every value it is given travels as a parameter.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dashboards.door import Door

Kind = Literal["id", "text", "number", "date"]
LARGEST_PAGE = 500
COMPARISONS = {
    "equals": "=",
    "notEqual": "<>",
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "greaterThan": ">",
    "greaterThanOrEqual": ">=",
}


class ListingError(ValueError):
    """A grid asked for a column, operator, value or range that this list does not offer."""


class NotOfferedError(ListingError):
    """The list is not for the role of the viewer."""


@dataclass(frozen=True)
class Listing:
    """One table as a list: columns by kind, the columns a keyword searches, and the usual order (ends in the key).

    Rows are those that the viewer reads of the table. `needs` names a mask: who does not see what it hides is not
    offered the list at all. `key`: the column that tells rows apart, where one does; a long list is paged faster by it.
    """

    table: str
    columns: Mapping[str, Kind]
    searched: tuple[str, ...]
    order: tuple[str, ...]
    personal: frozenset[str] = frozenset()
    needs: str = ""
    key: str = ""

    def offered(self, door: Door) -> dict[str, Kind]:
        """The columns this viewer may see, sort and filter by. Raises NotOfferedError where it is not for them."""
        if self.needs and not door.sees(self.needs):
            raise NotOfferedError("this list is not offered to the role of the viewer")
        return {n: k for n, k in self.columns.items() if n not in self.personal or door.sees("inspector")}

    def page(
        self, door: Door, request: Mapping[str, Any], chosen: Mapping[str, str]
    ) -> tuple[list[dict[str, Any]], int]:
        """Rows `startRow` to `endRow` of a grid request as JSON-safe dicts, and the number of rows in all."""
        start, end = int(request.get("startRow", 0)), int(request.get("endRow", 100))
        if not 0 <= start < end <= start + LARGEST_PAGE:
            raise ListingError(f"rows {start} to {end}: ask for at most {LARGEST_PAGE} rows from 0 on")
        columns = self.offered(door)
        where, bound = self._where(columns, request.get("filterModel") or {}, chosen)
        shown = ", ".join(_browser_safe(name, kind) for name, kind in columns.items())
        order = self._order(columns, request.get("sortModel") or [])
        block = f"from {self.table} t where {where} order by {order} limit {end - start} offset {start}"
        if self.key:  # only the keys are sorted, then the few rows are fetched: a quarter of the work far down the list
            block = f"from {self.table} t where t.{self.key} in (select t.{self.key} {block}) order by {order}"
        return door.frame(f"select {shown} {block}", bound).to_dicts(), self.total(door, request, chosen)

    def total(self, door: Door, request: Mapping[str, Any], chosen: Mapping[str, str]) -> int:
        """How many rows a request leaves."""
        where, bound = self._where(self.offered(door), request.get("filterModel") or {}, chosen)
        return int(door.frame(f"select count(*) as n from {self.table} t where {where}", bound).item())

    def everything(
        self, door: Door, request: Mapping[str, Any], chosen: Mapping[str, str], names: Mapping[str, str] | None = None
    ) -> tuple[str, dict[str, object]]:
        """The statement of all rows of a request in its order, and its values; ids as text, columns as `names` says."""
        columns, heads = self.offered(door), names or {}
        where, bound = self._where(columns, request.get("filterModel") or {}, chosen)
        shown = ", ".join(
            f'{f"cast(t.{name} as varchar)" if kind == "id" else f"t.{name}"} as "{heads.get(name, name)}"'
            for name, kind in columns.items()
        )
        order = self._order(columns, request.get("sortModel") or [])
        return f"select {shown} from {self.table} t where {where} order by {order}", bound

    def _where(
        self, columns: Mapping[str, Kind], model: Mapping[str, Any], chosen: Mapping[str, str]
    ) -> tuple[str, dict[str, object]]:
        clauses: list[str] = ["true"]
        bound: dict[str, object] = {}
        for name, value in chosen.items():
            if name == "keyword":
                clauses.append(
                    "(" + " or ".join(f"position(lower($keyword) in lower(t.{c})) > 0" for c in self.searched) + ")"
                )
                bound["keyword"] = value
            else:
                _kind(columns, name)
                clauses.append(f"cast(t.{name} as varchar) = any($chosen_{name})")
                bound[f"chosen_{name}"] = value.split(",")
        for name, condition in model.items():
            clauses.append(_condition(f"t.{name}", _kind(columns, name), condition, bound))
        return " and ".join(clauses), bound

    def _order(self, columns: Mapping[str, Kind], model: list[Mapping[str, Any]]) -> str:
        asked = []
        for item in model:
            name, way = str(item.get("colId")), item.get("sort")
            _kind(columns, name)
            if way not in ("asc", "desc"):
                raise ListingError(f"{name}: sort order {way!r} is not asc or desc")
            asked.append(f"{name} {way} nulls last")
        # Qualified, or the order would follow the text that the browser is given.
        return ", ".join(f"t.{term}" for term in (*asked, *self.order))


def of_mart(table: str, columns: str, order: str, searched: tuple[str, ...] = ()) -> Listing:
    """A list of `name:kind` columns of a mart (n number, d date, id); `name` alone is text, `order` ends in the key."""
    kinds: dict[str, Kind] = {}
    for part in columns.split():
        name, _, kind = part.partition(":")
        kinds[name] = {"n": "number", "d": "date", "id": "id", "": "text"}[kind]  # type: ignore[assignment]
    return Listing(f"mart.{table}", kinds, searched, tuple(order.split(", ")))


def _kind(columns: Mapping[str, Kind], name: str) -> Kind:
    if name not in columns:
        raise ListingError(f"no column {name!r} to sort or filter by; there are {', '.join(columns)}")
    return columns[name]


def _condition(name: str, kind: Kind, condition: Mapping[str, Any], bound: dict[str, object]) -> str:
    if "conditions" in condition:
        joint = {"AND": " and ", "OR": " or "}.get(str(condition.get("operator")))
        parts = condition["conditions"]
        if joint is None or not isinstance(parts, list) or not 1 <= len(parts) <= 5:
            raise ListingError(f"{name}: conditions are joined by AND or OR, at most five")
        return "(" + joint.join(_condition(name, kind, part, bound) for part in parts) + ")"
    operator = str(condition.get("type"))
    if operator in ("blank", "notBlank"):
        return f"{name} is {'' if operator == 'blank' else 'not '}null"

    def bind(field: str) -> str:
        parameter = f"f{len(bound)}"
        bound[parameter] = _value(name, kind, condition.get(field))
        return f"${parameter}"

    if kind in ("id", "text"):
        return _text_condition(name, operator, bind("filter"))
    first, last = ("dateFrom", "dateTo") if kind == "date" else ("filter", "filterTo")
    if operator == "inRange":
        return f"{name} between {bind(first)} and {bind(last)}"
    if operator not in COMPARISONS:
        raise ListingError(f"{name}: operator {operator!r} is not offered for a {kind}")
    return f"{name} {COMPARISONS[operator]} {bind(first)}"


def _browser_safe(name: str, kind: Kind) -> str:
    # A 63-bit id loses digits as a JavaScript number, and neither DECIMAL nor DATE is JSON.
    return f"cast({name} as {'double' if kind == 'number' else 'varchar'}) as {name}"


def _text_condition(name: str, operator: str, value: str) -> str:
    text, part = f"lower(cast({name} as varchar))", f"lower({value})"
    offered = {
        "contains": f"position({part} in {text}) > 0",
        "notContains": f"coalesce(position({part} in {text}), 0) = 0",
        "equals": f"{text} = {part}",
        "notEqual": f"coalesce({text}, '') <> {part}",
        "startsWith": f"position({part} in {text}) = 1",
        "endsWith": f"right({text}, length({part})) = {part}",
    }
    if operator not in offered:
        raise ListingError(f"{name}: operator {operator!r} is not offered for text")
    return offered[operator]


def _value(name: str, kind: Kind, value: object) -> object:
    if kind in ("id", "text"):
        if not isinstance(value, str):
            raise ListingError(f"{name}: {value!r} is not text")
        return value
    try:
        found = date.fromisoformat(str(value)[:10]) if kind == "date" else float(str(value))
    except ValueError as error:
        raise ListingError(f"{name}: {value!r} is not a {kind}") from error
    if isinstance(found, float) and not math.isfinite(found):
        raise ListingError(f"{name}: {value!r} is not a number that can be compared")
    return found


ENTITIES = Listing(
    table="mart.entity_card",
    columns={
        "entity_id": "id",
        "entity_code": "text",
        "name": "text",
        "legal_form": "text",
        "industry_name": "text",
        "district_code": "text",
        "district_name": "text",
        "status": "text",
        "established_date": "date",
        "credit_score": "number",
        "credit_grade": "text",
        "risk_score": "number",
        "risk_grade": "text",
        "inspection_count": "number",
        "last_inspection_date": "date",
        "problem_count": "number",
        "penalty_count": "number",
        "complaint_count": "number",
    },
    searched=("name", "entity_code"),
    order=("risk_score desc", "entity_id"),
    key="entity_id",
)

DRAWN = Listing(
    table="mart.drawn_list",
    columns={
        "plan_id": "text",
        "stratum_id": "text",
        "draw_order": "number",
        "ticket": "text",
        "entity_id": "id",
        "entity_code": "text",
        "name": "text",
        "district_code": "text",
        "district_name": "text",
        "industry_name": "text",
        "credit_grade": "text",
        "risk_grade": "text",
        "inclusion_probability": "number",
        "inspector_ids": "text",
    },
    searched=("name", "entity_code", "ticket"),
    order=("credit_grade desc", "risk_grade desc", "stratum_id", "draw_order", "entity_id"),
    personal=frozenset({"inspector_ids"}),
)
