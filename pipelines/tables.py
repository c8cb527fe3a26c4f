"""How a table becomes an asset: raw tables from feeds, policy from models, one asset per SQL file, tables by Python.

What a table means stands in its SQL and contract; here only what it depends on and how it is built.
Which tables there are stands in assets.py.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from pipelines.progress import Step, measured
from pipelines.resources import Run
from quality import contract
from warehouse import catalog, grading, metrics, parameters, quarantine
from warehouse.build import build as build_table
from warehouse.build import build_with, source_digest
from warehouse.engine import DuckDBEngine
from warehouse.ingest import ingest
from warehouse.known import create_known_view
from warehouse.stamps import Stamps, digest

RUN = dg.AssetKey(["run", "info"])
# Of so many rows the engine keeps 128 MB (DuckDBEngine.rows_held); opening the file anew costs up to a second.
_MANY_ROWS = 16_000_000
# Complete once every raw table is loaded: the parameters of the run, and what its loads sent to quarantine.
RUN_TABLES = (*(f"run.{name}" for name in catalog.contracts("run")), "quarantine.row", "quarantine.correction")
_GRADED = {"grade.contribution": "评分贡献", "grade.score": "得分与等级"}
REFERENCE = {
    "district": "select district_code, name as district_name, kind as district_kind, longitude, latitude",
    "industry": "select industry_code, name as industry_name, section as industry_section, hazard_level",
}


def key(qualified: str) -> dg.AssetKey:
    """`stage.name` → asset key."""
    return dg.AssetKey(qualified.split("."))


def check_spec(qualified: str) -> dg.AssetCheckSpec:
    """The contract check of a table; a table that breaks its contract stops what builds on it."""
    return dg.AssetCheckSpec("contract", asset=key(qualified), blocking=True)


def checked(run: Run, qualified: str) -> dg.AssetCheckResult:
    """Hold a table against its contract."""
    stage, name = qualified.split(".")
    table = catalog.contracts(stage)[name]
    found = contract.violations(run.engine, table, with_key=stage not in ("fact", "known"))
    return dg.AssetCheckResult(
        passed=not found,
        check_name="contract",
        asset_key=key(qualified),
        metadata={name: int(n) for name, n in found.items()},
    )


def _finish(run: Run, qualified: str, step: Step) -> dg.MaterializeResult:
    """Tell Dagster what became of a table; one that did not change has kept its contract before."""
    checks = []
    if has_contract(qualified):
        check = dg.AssetCheckResult(passed=True, check_name="contract", asset_key=key(qualified))
        if step.how != "unchanged":
            check = checked(run, qualified)
            if not check.passed:
                Stamps(run.engine).forget(qualified)
        checks.append(check)
    return dg.MaterializeResult(
        asset_key=key(qualified),
        metadata={"dagster/row_count": step.rows, "seconds": round(step.seconds, 3), "built": step.how},
        check_results=checks,
    )


def has_contract(qualified: str) -> bool:
    """Whether contracts promise anything of this table."""
    stage, name = qualified.split(".")
    return name in catalog.contracts(stage)


def _give_back(engine: DuckDBEngine, names: Iterable[str], step: Step) -> None:
    """Give back what the engine keeps of raw tables that steps read: rows of theirs were deleted."""
    read = [name for name in names if name.startswith("raw.")] if step.how != "unchanged" else []
    if engine.rows_held(read) > _MANY_ROWS:
        engine.renew()


def _specs(qualified: str) -> list[dg.AssetCheckSpec]:
    return [check_spec(qualified)] if has_contract(qualified) else []


def raw_asset(table: catalog.Table) -> dg.AssetsDefinition:
    """`raw.<table>`: all archived deliveries of every source that fills it."""

    @dg.asset(
        key=key(table.qualified),
        group_name="raw",
        check_specs=_specs(table.qualified),
        description=table.zh,
        kinds={"duckdb"},
    )
    def build(context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
        with measured("raw", table.name) as step:
            before = Stamps(run.engine).get(table.qualified)
            loads = ingest(run.engine, run.archive, run.feeds, table, run.corrections)
            step.rows = run.engine.count(table.qualified)
            step.how = "unchanged" if before and before == Stamps(run.engine).get(table.qualified) else "merged"
        for load in loads:
            if load.load_error:
                context.log.error(f"{load.feed_id}/{load.source_id}: {load.file_name}: {load.load_error}")
        finished = _finish(run, table.qualified, step)
        _give_back(run.engine, [table.qualified], step)
        return finished

    return build


def sql_asset(table: catalog.SqlTable) -> dg.AssetsDefinition:
    """A table that one SQL file makes."""

    @dg.asset(
        key=key(table.qualified),
        deps=[key(name) for name in sorted(table.reads)],
        group_name=table.stage,
        check_specs=_specs(table.qualified),
        description=table.grain,
        kinds={"duckdb", "sql"},
    )
    def build(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
        with measured(table.stage, table.name) as step:
            built = build_table(run.engine, table)
            step.rows, step.how = built.rows, built.how
        finished = _finish(run, table.qualified, step)
        _give_back(run.engine, table.reads, step)
        return finished

    return build


def known_asset(fact: catalog.Table) -> dg.AssetsDefinition:
    """`known.<fact>`: the fact as of the run's day, by what was known then (a view)."""
    qualified = f"known.{fact.name}"

    @dg.asset(
        key=key(qualified), deps=[key(fact.qualified), RUN], group_name="known", description=fact.zh, kinds={"duckdb"}
    )
    def build(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
        create_known_view(run.engine, fact, run.as_of, run.known_by)
        return dg.MaterializeResult(asset_key=key(qualified))

    return build


def reference_asset(name: str, select: str) -> dg.AssetsDefinition:
    """A reference table from warehouse/reference."""
    qualified = f"entity.{name}"

    @dg.asset(key=key(qualified), group_name="entity", check_specs=_specs(qualified), description=f"reference: {name}")
    def build(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
        with measured("entity", name) as step:
            step.rows = parameters.write_reference(run.engine, name, select)
        return _finish(run, qualified, step)

    return build


@dg.multi_asset(
    specs=[
        dg.AssetSpec(key(name), deps=[key(t.qualified) for t in catalog.contracts("raw").values()], group_name="run")
        for name in RUN_TABLES
    ],
)
def run_parameters(run: dg.ResourceParam[Run]) -> Iterator[dg.MaterializeResult]:
    """Fix the as-of day, what had to be known by then, the rules in force and the feeds of this run."""
    with measured("run", "info") as step:
        as_of = run.requested_as_of or parameters.last_delivered_day(run.engine)
        parameters.write_run(run.engine, run.info(as_of), run.feeds)
        step.rows = 1
    for name in RUN_TABLES:
        yield dg.MaterializeResult(asset_key=key(name), metadata={"dagster/row_count": run.engine.count(name)})


@dg.multi_asset(
    specs=[dg.AssetSpec(key(f"policy.{name}"), deps=[RUN], group_name="policy") for name in parameters.POLICY_TABLES]
)
def policy(run: dg.ResourceParam[Run]) -> Iterator[dg.MaterializeResult]:
    """The rules in force on the as-of day, as tables."""
    with measured("policy", "all") as step:
        written = parameters.write_policy(run.engine, run.policy, run.as_of)
        step.rows = sum(written.values())
    for name, rows in written.items():
        yield dg.MaterializeResult(asset_key=key(f"policy.{name}"), metadata={"dagster/row_count": rows})


def made_asset(
    qualified: str,
    description: str,
    reads: Sequence[str],
    recipe: Callable[[Run], str],
    make: Callable[[Run], int],
) -> dg.AssetsDefinition:
    """A table that Python makes from other tables; `recipe` stands for whatever else it rests on."""
    stage, name = qualified.split(".")

    @dg.asset(
        key=key(qualified),
        deps=[*map(key, reads), RUN],
        group_name=stage,
        check_specs=_specs(qualified),
        description=description,
    )
    def build(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
        with measured(stage, name) as step, run.engine.lending():
            built = build_with(run.engine, qualified, reads, recipe(run), lambda: make(run))
            step.rows, step.how = built.rows, built.how
        return _finish(run, qualified, step)

    return build


def decided_asset(
    qualified: str, description: str, read: Callable[[Run], Sequence[Any]], write: Callable[..., int]
) -> dg.AssetsDefinition:
    """A table of what people decided, from the state of the home."""
    return made_asset(
        qualified, description, (), lambda run: digest(*read(run)), lambda run: write(run.engine, read(run))
    )


@dg.multi_asset(
    specs=[
        dg.AssetSpec(key(name), deps=[key(read) for read in grading.READS], group_name="grade", description=what)
        for name, what in _GRADED.items()
    ],
    check_specs=[spec for name in _GRADED for spec in _specs(name)],
)
def scored(run: dg.ResourceParam[Run]) -> Iterator[dg.MaterializeResult]:
    """Every entity on every scorecard in force; both tables come from one pass."""
    rules = run.policy.at(run.as_of)
    recipe = digest(rules.version, source_digest("models/scorecard", "warehouse"))
    with measured("grade", "score") as step:
        built = build_with(
            run.engine, "grade.score", grading.READS, recipe, lambda: grading.write_grades(run.engine, rules)
        )
        step.rows, step.how = built.rows, built.how
    for name in _GRADED:
        step.rows = run.engine.count(name)
        yield _finish(run, name, step)


def text_recipe(run: Run, *policy_ids: str) -> str:
    """Stand for the rules and code by which texts are judged; another rule makes nobody read all texts again."""
    rules = run.policy.at(run.as_of)
    return digest(*(rules.value(name) for name in policy_ids), source_digest("models/text", "warehouse/text"))


def made_together(
    names: Mapping[str, str], reads: Sequence[str], recipe: Callable[[Run], str], make: Callable[[Run], int]
) -> dg.AssetsDefinition:
    """Tables that one pass of Python makes, with what each of them is; the first one stands for all."""
    main = next(iter(names))
    stage, name = main.split(".")

    @dg.multi_asset(
        name=f"{stage}__{name}_together",
        specs=[
            dg.AssetSpec(key(one), deps=[*map(key, reads), RUN], group_name=stage, description=what)
            for one, what in names.items()
        ],
        check_specs=[spec for one in names for spec in _specs(one)],
    )
    def build(run: dg.ResourceParam[Run]) -> Iterator[dg.MaterializeResult]:
        with measured(stage, name) as step, run.engine.lending():
            built = build_with(run.engine, main, reads, recipe(run), lambda: make(run))
            step.rows, step.how = built.rows, built.how
        stamps = Stamps(run.engine)
        if (stamp := stamps.get(main)) is not None:  # what rests on the others asks for theirs
            for one in list(names)[1:]:
                stamps.put(one, stamp.stamp, stamp.inputs)
        for one in names:
            step.rows = run.engine.count(one)
            yield _finish(run, one, step)

    return build


@dg.asset(
    key=key("quarantine.sample"),
    deps=[key("quarantine.row"), key("quarantine.correction"), key("run.load")],
    group_name="quarantine",
    check_specs=_specs("quarantine.sample"),
    description="隔离行样本",
)
def quarantine_sample(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
    """What pages may show of rows that cannot be used."""
    with measured("quarantine", "sample") as step:
        step.rows = quarantine.write_sample(run.engine, run.feeds)
    return _finish(run, "quarantine.sample", step)


@dg.asset(
    key=key("mart.metric_value"),
    deps=[key(name) for name in sorted(metrics.reads())],
    group_name="mart",
    check_specs=_specs("mart.metric_value"),
)
def metric_value(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
    """Every metric of warehouse/metrics, computed once for pages, exports and reports."""
    with measured("mart", "metric_value") as step:
        built = build_table(run.engine, metrics.table())
        step.rows, step.how = built.rows, built.how
    return _finish(run, "mart.metric_value", step)
