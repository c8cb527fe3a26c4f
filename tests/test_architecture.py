"""The walls of the house: who may import whom, which way the data goes, one name in every place, sizes, no rule in SQL.

Each test reads the files as they are; an exception to a wall stands here by name, with its reason.
"""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlglot
import yaml
from sqlglot import exp

from models.policy.exact_yaml import read_yaml
from models.policy.loader import Policy
from models.scorecard.card import Scorecard
from models.scorecard.indicator import registry
from models.scorecard.packs import PACK_IDS, grade_indicator
from tests.conftest import AS_OF
from tests.warehouse import small
from warehouse import catalog, dialect, lint, metrics, parameters

ROOT = Path(__file__).parents[1]
FOLDERS = ("dashboards", "models", "pipelines", "quality", "warehouse")
SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
SQL = sorted((ROOT / "warehouse" / "sql").rglob("*.sql"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> set[str]:
    """The top modules that a file imports, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


FORBIDDEN = {
    "models": {
        "dagster",
        "dash",
        "great_expectations",
        "duckdb",
        "sqlglot",
        "warehouse",
        "pipelines",
        "dashboards",
        "quality",
    },
    "warehouse": {"dagster", "dash", "great_expectations", "pipelines", "dashboards", "quality"},
    "quality": {"dagster", "dash", "duckdb", "sqlglot", "pipelines", "dashboards"},
    "dashboards": {"dagster", "great_expectations", "duckdb", "sqlglot", "pipelines", "quality"},
    "pipelines": {"dash", "duckdb", "sqlglot", "great_expectations"},
}
# `mingcha serve` starts the pages, and `mingcha explain` writes in their words: where pipelines knows of dashboards.
KNOWS_DASHBOARDS = {"pipelines/serving.py", "pipelines/explaining.py"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_only_what_lies_below_it(folder: str) -> None:
    wrong = {}
    for path in SOURCES:
        if path.relative_to(ROOT).parts[0] == folder:
            forbidden = FORBIDDEN[folder] | (
                {"dashboards"} if folder == "pipelines" and name_of(path) not in KNOWS_DASHBOARDS else set()
            )
            if found := imported(path) & forbidden:
                wrong[name_of(path)] = sorted(found)
    assert wrong == {}


def test_nobody_imports_the_tests() -> None:
    assert [name_of(p) for p in SOURCES if "tests" in imported(p)] == []


def test_sql_and_metrics_keep_the_house_style_and_data_moves_right() -> None:
    assert lint.findings() == []


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select median(x) from raw.a", "median"),
        ("select hash(x) from raw.a", "hash"),
        ("select current_date", "currentdate"),
        ("select x from raw.a limit 3", "LIMIT without ORDER BY"),
        ("select 1.5 / x from raw.a", "float literal"),
        ("select avg(cast(x as double)) from raw.a", "order of rows"),
        ("select sum(x / y) over (partition by z) from raw.a", "order of rows"),
    ],
)
def test_the_house_style_is_enforced(sql: str, told: str) -> None:
    assert any(told in finding for finding in dialect.lint(dialect.parse(sql, "here"), "here"))


def test_what_lies_to_the_right_is_not_read() -> None:
    order = {stage: n for n, stage in enumerate(catalog.STAGES)}
    for table in catalog.sql_tables().values():
        for source in table.reads:
            stage = source.partition(".")[0]
            assert stage in catalog.PARAMETERS or order[stage] <= order[table.stage], (
                f"{table.qualified} reads {source}"
            )
            # what happened afterwards must never make a grade, and nobody but snapshots and judges reads it
            assert stage != "outcome" or table.stage == "outcome"


def strings(path: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


_STATEMENT = re.compile(
    r"\b(select\b.+\bfrom\s+\w+\.\w+|insert\s+into\s+\w|create\s+(or\s+replace\s+)?(table|view)\b|delete\s+from\s+\w)",
    re.I | re.S,
)
# Three small questions to the run's own tables, not to data.
SQL_IN_PIPELINES = {
    "pipelines/resources.py": 2,  # the as-of day and instant of this run
    "pipelines/jobs.py": 1,  # which sources are late
    "pipelines/run.py": 2,  # exported grades, day of the snapshot
    "pipelines/tables.py": 1,  # a view whose SELECT comes from warehouse.known
}


def test_sql_stands_in_warehouse_and_feeds() -> None:
    found: dict[str, int] = {}
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        if (
            parts[0] == "models"
            or parts[:2] == ("dashboards", "pages")
            or (parts[0] == "pipelines" and parts[1] != "feeds")
        ):
            count = sum(bool(_STATEMENT.search(text)) for _, text in strings(path))
            if count:
                found[name_of(path)] = count
    assert {name: count for name, count in found.items() if count > SQL_IN_PIPELINES.get(name, 0)} == {}


def test_the_detector_of_sql_detects() -> None:
    for text in (
        "select a from grade.grade",
        "SELECT a\nFROM mart.x where 1",
        "insert into x values",
        "create table y as",
    ):
        assert _STATEMENT.search(text)
    for text in ("select one from the list", "delete", "created from scratch"):
        assert not _STATEMENT.search(text)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, chicago_data: Path) -> Any:
    with small.opened() as engine:
        small.chicago(engine, tmp_path_factory.mktemp("city"), chicago_data, AS_OF)
        yield engine


def test_every_built_table_has_the_columns_of_its_contract(city: Any) -> None:
    """Names and types, in any order; families of indicators have the columns that `indicator.value` unites."""
    wrong = {}
    for name in city.tables((*catalog.PARAMETERS, *catalog.STAGES)):
        stage, table = name.split(".")
        if stage == "policy" or name == "run.stamp":  # bookkeeping of the builder, in no snapshot
            continue
        built = {column: kind for column, kind, *_ in city.rows(f"describe {name}")}
        if stage == "indicator" and table != "value":
            united = [
                c for c in catalog.contracts("indicator")["value"].columns if c.name not in ("as_of", "indicator_no")
            ]
            coded = {"indicator_id": city.types("policy.indicator")["indicator_id"]}
            if set(built.items()) != (wanted := {(c.name, coded.get(c.name, c.type)) for c in united}):
                wrong[name] = set(built.items()) ^ wanted
            continue
        contract = catalog.contracts(stage).get(table)
        if contract is None:
            wrong[name] = "has no contract"
            continue
        is_stored = stage in ("raw", "fact", "indicator")  # where closed sets and feeds are ENUMs
        promised = {c.name: c.stored_type if is_stored else c.type for c in contract.columns}
        if is_stored and "feed_id" in built:
            promised["feed_id"] = "ENUM('chicago_food')"
        for coded in (c.name for c in contract.columns if c.is_coded and is_stored):
            promised[coded] = built[coded] if built[coded].startswith("ENUM(") else "VARCHAR"
        if built != promised:
            wrong[name] = {
                c: (built.get(c), promised.get(c)) for c in {*built, *promised} if built.get(c) != promised.get(c)
            }
    assert wrong == {}


def test_every_contract_is_built(city: Any) -> None:
    built = set(city.tables((*catalog.PARAMETERS, *catalog.STAGES)))
    # stage `quality` stands in the snapshot only, written around its validation
    assert {t.qualified for t in catalog.all_contracts() if t.stage != "quality"} <= built
    assert set(catalog.sql_tables()) <= built


def test_every_sql_file_says_its_grain_and_has_a_contract() -> None:
    for table in catalog.sql_tables().values():
        assert table.grain
        assert table.stage == "indicator" or table.name in catalog.contracts(table.stage), table.qualified


def test_the_dictionary_holds_what_is_used_and_nothing_else() -> None:
    text = (ROOT / "warehouse" / "contracts" / "columns.yaml").read_text()
    written = re.findall(r"^(\w+):", text, re.M)
    assert [name for name in written if written.count(name) > 1] == [], "one of two meanings would be lost"
    dictionary = yaml.safe_load(text)
    used = {c.name for t in catalog.all_contracts() for c in t.columns}
    assert used - set(dictionary) == set()
    used |= {name for columns in parameters.POLICY_TABLES.values() for name in columns}
    assert set(dictionary) - used == set(), "nobody uses these columns: remove them"
    for name, spec in dictionary.items():
        assert spec["zh"], name
        assert spec["en"], name
        assert not spec.get("means", "").isascii(), name
        assert spec.get("sensitivity", "internal") in {"public", "internal", "personal"}, name


def test_every_indicator_is_made_scored_founded_and_tried(city: Any) -> None:
    """An indicator of the policy: SQL that makes it, a legal basis, and points with a case in words.

    A candidate may be without points; those of the packs that feeds bring have to be candidates or scored here.
    """
    policy = Policy.load()
    registered = registry(policy.at(AS_OF))
    made: set[str] = set()
    for path in (ROOT / "warehouse" / "sql" / "indicator").glob("*.sql"):
        own = set(re.findall(r"'([a-z_]+\.[a-z_]+)' as indicator_id", path.read_text()))
        assert {i.partition(".")[0] for i in own} <= {path.stem}, f"{path.name} makes indicators of another family"
        made |= own
    made |= {grade_indicator(pack_id) for pack_id in PACK_IDS} & set(registered)
    assert made == set(registered)
    cards = [Scorecard.from_policy(policy.at(AS_OF), pack_id) for pack_id in PACK_IDS]
    scored = {part.indicator_id for card in cards for part in card.indicators}
    vetoed = {veto.indicator_id for card in cards for veto in card.vetoes}
    candidates = {name for name, one in registered.items() if one.candidate}
    assert scored | vetoed | candidates == set(registered)
    assert not candidates & (scored | vetoed), "a scored indicator is no candidate"
    for name, indicator in registered.items():
        assert all(basis in policy.basis for basis in indicator.basis), name
    tried = {
        name
        for pack_id in PACK_IDS
        for path in (ROOT / "tests" / "cases" / pack_id).glob("*.yaml")
        for case in read_yaml(path)
        for name in case["input"]
    }
    assert tried >= set(registered) - candidates


# 0, 1, −1 and units: micro, per cent, days of a year and week, seconds; 999999 rounds a division by a million up;
# 2 is the number of the hazard `high`, whose scale is 0, 1, 2.
_PLAIN = {"0", "1", "2", "7", "60", "100", "365", "3600", "999999", "1000000"}


def numbers(path: Path) -> Iterator[str]:
    """The number literals of a SQL file, without the digits of a type or of a hash, which are no rules."""
    for literal in sqlglot.parse_one(path.read_text(), read="duckdb").find_all(exp.Literal):
        if not literal.is_string and not literal.find_ancestor(exp.DataType, exp.SHA2):
            yield literal.name


def test_no_rule_is_a_number_in_sql() -> None:
    graded = [path for path in SQL if path.parent.name in ("indicator", "grade", "plan")]
    assert [(name_of(path), n) for path in graded for n in numbers(path) if n not in _PLAIN] == []


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("indicator.inspection", "i.result,", "i.result, i.inspector_ids,", "inspector_ids must not make a grade"),
        ("indicator.complaint", "count(*) filter", "max(c.department_id) as d, count(*) filter", "department_id must not"),
        ("known.penalty_effect", "from known.penalty as e\n    join", "from raw.penalty as e\n    join", "where later rows stand"),
        ("indicator.visit", "from known.visit as v", "from fact.visit as v", "where later rows stand"),
        ("indicator.profile", "from known.entity as e", "from known.entity as e cross join entity.inspector as q", "entity.inspector"),
        ("grade.grade", "from grade.score as s", "from (select * from known.inspection) as s", "takes department_id"),
        ("indicator.change", "from known.change as c", "from outcome.inspection_by_grade as c", "outcome.inspection_by_grade"),
    ],
)  # fmt: skip
def test_who_came_and_what_came_later_cannot_leak_into_a_grade(
    monkeypatch: pytest.MonkeyPatch, name: str, before: str, after: str, told: str
) -> None:
    """Each plant is a column or table that must stop `make check`; without a plant there is nothing to find."""
    assert lint.leaks() == []
    tables = catalog.sql_tables()
    assert before in tables[name].sql
    sql = tables[name].sql.replace(before, after)
    planted = replace(tables[name], sql=sql, reads=frozenset(dialect.tables_read(dialect.parse(sql, name))))
    monkeypatch.setattr(catalog, "sql_tables", lambda: tables | {name: planted})
    assert any(finding.startswith(f"{name}: ") and told in finding for finding in lint.leaks())


def test_no_grade_reads_who_came_or_who_sent_them() -> None:
    forbidden = {
        "inspector_id",
        "inspector_ids",
        "department_id",
        "department_ids",
        "lead_department_id",
        "certificate_no",
    }
    for path in SQL:
        if path.parent.name in ("indicator", "grade"):
            tree = sqlglot.parse_one(path.read_text(), read="duckdb")
            assert {c.name for c in tree.find_all(exp.Column)} & forbidden == set(), name_of(path)
            assert not any(t.name == "inspector" for t in tree.find_all(exp.Table)), name_of(path)


def test_no_grade_reads_past_the_cut() -> None:
    """Figures read `known`, never the facts or deliveries themselves, where later rows stand."""
    for table in catalog.sql_tables().values():
        if table.stage in ("indicator", "grade", "plan", "mart"):
            stages = {source.partition(".")[0] for source in table.reads}
            allowed = {"quarantine"} if table.stage == "mart" else set()  # a mart may tell what was not used
            assert stages & {"raw", "fact", "quarantine"} <= allowed, table.qualified
    for name in metrics.reads():
        assert name.partition(".")[0] not in ("raw", "fact"), name


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


# The verifier travels alone in every bundle and may import nothing of ours, so it cannot be split.
LONGER = {"models/sampling/verify.py": 360}


def test_files_are_small() -> None:
    assert {name_of(p): lines(p) for p in SOURCES if lines(p) > LONGER.get(name_of(p), 320)} == {}
    assert {name_of(p): lines(p) for p in SQL if lines(p) > 120} == {}
    assert statistics.median(map(lines, SOURCES)) <= 140


def test_a_file_is_named_after_one_thing() -> None:
    vague = {"utils", "helpers", "common", "misc", "base", "manager", "util", "helper", "shared", "core"}
    assert [name_of(p) for p in [*SOURCES, *SQL] if set(p.relative_to(ROOT).with_suffix("").parts) & vague] == []


def test_a_module_says_what_belongs_in_it() -> None:
    silent = []
    for path in [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]:
        docstring = ast.get_docstring(ast.parse(path.read_text())) if path.stat().st_size else None
        if not docstring or len(docstring.splitlines()[0]) < 15:
            silent.append(name_of(path))
    assert silent == []
