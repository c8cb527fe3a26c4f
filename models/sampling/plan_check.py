"""What must hold of a frozen plan before it is announced: keys, strata and sizes agree with the frame.

Not here: whether every entity could be visited (eligibility.py), nor what may be planned at all (planning).
"""

import re
from collections.abc import Iterator

import polars as pl

from models.sampling.draw import stratum_size
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_text import TABLES

METHODS = ("equal", "pps")


def checked(plan: FrozenPlan) -> FrozenPlan:
    """Return the plan; raises ValueError with everything that is wrong with it, one line each."""
    if wrong := list(_wrong(plan)):
        raise ValueError(f"plan {plan.plan_id} cannot be drawn:\n" + "\n".join(wrong))
    return plan


def _wrong(plan: FrozenPlan) -> Iterator[str]:
    for name, (columns, key) in TABLES.items():
        keys = list(columns)[:key]
        table: pl.DataFrame = getattr(plan, name)
        if twice := table.height - table.select(keys).n_unique():
            yield f"{name} holds {twice} rows of {' and '.join(keys)} twice"
        if table.select(pl.any_horizontal(pl.col(keys).cast(pl.String).fill_null("") == "").any()).item():
            yield f"{name} holds a row without {' or '.join(keys)}"
    if plan.window_from > plan.window_to or plan.as_of > plan.window_to:
        yield f"window {plan.window_from} … {plan.window_to} is empty or ends before the day of the data {plan.as_of}"
    if not re.fullmatch(r"\w[\w.-]*", plan.plan_id):
        yield "a plan id is letters, digits, '-', '_' and '.': it names a folder"
    if plan.inspectors_per_visit < 2:
        yield f"{plan.inspectors_per_visit} inspectors a visit; at least 2 must go"
    places = plan.frame.select("entity_code", "district_code").unique()
    if apart := places.height - places["entity_code"].n_unique():
        yield f"{apart} entities of the frame lie in more than one district"
    yield from _wrong_tasks(plan)
    yield from _wrong_strata(plan)
    both = plan.frame.join(plan.excluded, on=["task_id", "entity_code"], how="semi").height
    if both:
        yield f"{both} entities are in the frame and excluded from it for the same task"


def _wrong_tasks(plan: FrozenPlan) -> Iterator[str]:
    tasks = [task.task_id for task in plan.tasks]
    if not tasks or len(set(tasks)) != len(tasks):
        yield f"task ids {tasks}: there must be one, and none twice"
    for task in plan.tasks:
        if not (task.department_id and task.coordination_id and task.item_ids):
            yield f"task {task.task_id} lacks its department, coordination or items"
        if ";" in task.skill:
            yield f"skill {task.skill!r} of task {task.task_id} holds a ';', which separates skills"
    if strangers := sorted(set(plan.excluded["task_id"]) - set(tasks)):
        yield f"excluded names unknown tasks: {strangers}"


def _wrong_strata(plan: FrozenPlan) -> Iterator[str]:
    keys = [(stratum.task_id, stratum.stratum_id) for stratum in plan.strata]
    if len(set(keys)) != len(keys):
        yield "a stratum is there twice"
    grouped = plan.frame.group_by("task_id", "stratum_id").agg(
        pl.len().alias("population"), pl.col("size").min().alias("least"), pl.col("size").max().alias("most")
    )
    found = {(row["task_id"], row["stratum_id"]): row for row in grouped.iter_rows(named=True)}
    if differ := sorted(set(found) ^ set(keys)):
        yield f"strata of the plan and of the frame differ: {differ}"
    if strangers := sorted({task for task, _ in keys} - {task.task_id for task in plan.tasks}):
        yield f"strata name unknown tasks: {strangers}"
    for stratum in plan.strata:
        row = found.get((stratum.task_id, stratum.stratum_id))
        if row is None:
            continue
        where = f"stratum {stratum.stratum_id} of task {stratum.task_id}"
        try:
            right = stratum_size(row["population"], stratum.ratio_ppm)
        except ValueError as error:
            yield f"{where}: {error}"
            continue
        if (stratum.population, stratum.drawn) != (row["population"], right):
            yield (
                f"{where}: {stratum.drawn} of {stratum.population} to draw, "
                f"but the frame and the ratio give {right} of {row['population']}"
            )
        if stratum.method not in METHODS:
            yield f"{where}: method {stratum.method!r} is none of {METHODS}"
        if row["least"] is None or row["least"] < 1 or (stratum.method == "equal" and row["most"] != 1):
            yield f"{where}: sizes must be whole numbers from 1, and 1 where all are equal"
