"""The tables of what text models answer: each with a table beside it, made in one pass.

What is answered stands in warehouse/text_reading and warehouse/text_orders.
"""

from collections.abc import Callable, Iterator

import dagster as dg

from pipelines.progress import measured
from pipelines.resources import Run
from pipelines.tables import RUN, _finish, _specs, key
from warehouse import text_orders, text_reading
from warehouse.build import build_with


def answered_assets() -> list[dg.AssetsDefinition]:
    """Readings of public texts and categories of hotline orders."""
    return [
        _answered(
            {"text.reading": "文本研判", "text.risk": "文本风险标签"},
            ["fact.text_item", "text.model"],
            lambda run: text_reading.recipe(run.policy.at(run.as_of)),
            lambda run: text_reading.write_reading(run.engine, run.home, run.policy.at(run.as_of)),
        ),
        _answered(
            {"text.order_category": "工单类别研判", "text.order_candidate": "工单候选类别"},
            ["fact.service_case", "text.model"],
            lambda run: text_orders.recipe(run.policy.at(run.as_of)),
            lambda run: text_orders.write_categories(run.engine, run.home, run.policy.at(run.as_of)),
        ),
    ]


def _answered(
    tables: dict[str, str], reads: list[str], recipe: Callable[[Run], str], make: Callable[[Run], int]
) -> dg.AssetsDefinition:
    first = next(iter(tables))

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(key(name), deps=[*map(key, reads), RUN], group_name="text", description=zh)
            for name, zh in tables.items()
        ],
        check_specs=[spec for name in tables for spec in _specs(name)],
        name=first.replace(".", "_") + "_answers",
    )
    def build(run: dg.ResourceParam[Run]) -> Iterator[dg.MaterializeResult]:
        with measured(*first.split(".")) as step:
            built = build_with(run.engine, first, reads, recipe(run), lambda: make(run))
            step.rows, step.how = built.rows, built.how
        for name in reversed(tables):  # the table itself last: its rows are those of the step
            step.rows = run.engine.count(name)
            yield _finish(run, name, step)

    return build
