"""Every table as an asset: raw tables from feeds, policy from models, and one asset per SQL file.

What a table means stands in its SQL and contract; here only what it depends on and how it is built.
"""

from collections.abc import Iterator

import dagster as dg

from pipelines.progress import measured
from pipelines.resources import Run
from quality import contract
from warehouse import catalog, drawing, metrics, parameters, texts
from warehouse.ingest import ingest
from warehouse.known import known_view

RUN = dg.AssetKey(["run", "info"])
_REFERENCE = {
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
    sql = contract.violations_sql(table, with_key=stage not in ("fact", "known"))
    described = run.engine.connection.execute(sql)
    names = [d[0] for d in described.description]
    found = contract.broken(names, described.fetchall()[0])
    return dg.AssetCheckResult(
        passed=not found,
        check_name="contract",
        asset_key=key(qualified),
        metadata={name: int(n) for name, n in found.items()},
    )


def _finish(run: Run, qualified: str, rows: int, seconds: float) -> dg.MaterializeResult:
    checks = [checked(run, qualified)] if has_contract(qualified) else []
    return dg.MaterializeResult(
        asset_key=key(qualified),
        metadata={"dagster/row_count": rows, "seconds": round(seconds, 3)},
        check_results=checks,
    )


def has_contract(qualified: str) -> bool:
    """Whether contracts promise anything of this table."""
    stage, name = qualified.split(".")
    return name in catalog.contracts(stage)


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
            loads = ingest(run.engine, run.archive, run.feeds, table)
            step.rows = run.engine.count(table.qualified)
        parameters.write_loads(run.engine, table.name, loads)
        for load in loads:
            if load.load_error:
                context.log.error(f"{load.feed_id}/{load.source_id}: {load.file_name}: {load.load_error}")
        return _finish(run, table.qualified, step.rows, step.seconds)

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
            step.rows = run.engine.build(table.qualified, table.sql)
        return _finish(run, table.qualified, step.rows, step.seconds)

    return build


def known_asset(fact: catalog.Table) -> dg.AssetsDefinition:
    """`known.<fact>`: the fact as of the run's day, by what was known then (a view)."""
    qualified = f"known.{fact.name}"

    @dg.asset(
        key=key(qualified), deps=[key(fact.qualified), RUN], group_name="known", description=fact.zh, kinds={"duckdb"}
    )
    def build(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
        run.engine.run(f"create or replace view {qualified} as {known_view(fact, run.as_of, run.known_by)}")
        return dg.MaterializeResult(asset_key=key(qualified))

    return build


def reference_asset(name: str, select: str) -> dg.AssetsDefinition:
    """A reference table from warehouse/reference."""
    qualified = f"entity.{name}"

    @dg.asset(key=key(qualified), group_name="entity", check_specs=_specs(qualified), description=f"reference: {name}")
    def build(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
        path = catalog.ROOT / "reference" / f"{name}.csv"
        with measured("entity", name) as step:
            step.rows = run.engine.build(
                qualified, f"{select} from read_csv('{path}', all_varchar = false, header = true)"
            )
        return _finish(run, qualified, step.rows, step.seconds)

    return build


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            key(f"run.{name}"), deps=[key(t.qualified) for t in catalog.contracts("raw").values()], group_name="run"
        )
        for name in catalog.contracts("run")
    ],
)
def run_parameters(run: dg.ResourceParam[Run]) -> Iterator[dg.MaterializeResult]:
    """Fix the as-of day, what had to be known by then, the rules in force and the feeds of this run."""
    with measured("run", "info") as step:
        as_of = run.requested_as_of or parameters.last_delivered_day(run.engine)
        parameters.write_run(run.engine, run.info(as_of), run.feeds)
        step.rows = 1
    for name in catalog.contracts("run"):
        rows = run.engine.count(f"run.{name}")
        yield dg.MaterializeResult(asset_key=key(f"run.{name}"), metadata={"dagster/row_count": rows})


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


@dg.asset(
    key=key("text.polarity"),
    deps=[key("fact.text_item")],
    group_name="text",
    check_specs=_specs("text.polarity"),
    description="文本情感",
)
def text_polarity(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
    """Polarity of every version of every text, by the lexicon."""
    with measured("text", "polarity") as step:
        step.rows = texts.write_polarity(run.engine)
    return _finish(run, "text.polarity", step.rows, step.seconds)


@dg.asset(
    key=key("plan.draw_plan"),
    deps=[key("plan.frame"), key("plan.stratum"), RUN],
    group_name="plan",
    check_specs=_specs("plan.draw_plan"),
    description="抽查计划：冻结名录与种子",
)
def draw_plan(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
    """Freeze the frame and fix the seed from the values that parties revealed for this plan."""
    with measured("plan", "draw_plan") as step:
        step.rows = drawing.freeze(run.engine, run.revealed, run.built_at)
    return _finish(run, "plan.draw_plan", step.rows, step.seconds)


@dg.asset(
    key=key("mart.metric_value"),
    deps=[key(name) for name in sorted(metrics.reads())],
    group_name="mart",
    check_specs=_specs("mart.metric_value"),
)
def metric_value(run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
    """Every metric of warehouse/metrics, computed once for pages, exports and reports."""
    with measured("mart", "metric_value") as step:
        step.rows = run.engine.build("mart.metric_value", metrics.select())
    return _finish(run, "mart.metric_value", step.rows, step.seconds)


def all_assets() -> list[dg.AssetsDefinition]:
    """Every table of the warehouse."""
    return [
        *(raw_asset(table) for table in catalog.contracts("raw").values()),
        run_parameters,
        policy,
        *(reference_asset(name, select) for name, select in _REFERENCE.items()),
        *(known_asset(fact) for fact in catalog.contracts("fact").values()),
        *(sql_asset(table) for table in catalog.sql_tables().values()),
        text_polarity,
        draw_plan,
        metric_value,
    ]
