"""docs/benchmarks.md: the figures of each scale as ratios to the floor of the same run, beside their targets.

No measuring here; everything the page says follows from the figures it is given.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.bench.measure import Usage, median
from tests.bench.rounds import Measured, Refresh, Round

SAME_WORK = (
    "registration", "change", "licence", "inspection", "penalty", "abnormal_list", "annual_report", "tax_filing",
    "complaint", "text_item",
)  # fmt: skip
_MIB, _GIB = 2**20, 2**30
_LINKED = ("raw", "entity", "fact")
_GROWTH = 1.2

_METHOD = """\
Every line is a process of its own, measured by the operating system (`os.wait4`): wall seconds, CPU seconds of all
threads, peak resident memory. *Floor* is the engine merely reading every CSV (UTF-8) and Parquet delivery once, every
column as text ({share:.0%} of the delivered bytes; sheets, JSON lines and GB18030 are left out, which makes it lower).
Stages are what the refresh itself noted; *outside* is the rest of its process: start, Dagster, archiving, contract
checks. × is CPU divided by the floor's CPU of the same run. *Same again* is a refresh of unchanged input, *one more
day* adds the deliveries of the last day ({held:,} rows). The *pandas twin* reads {tables} of the tables and computes
the same indicators, after taking over the links of the matching model; *the same work* is what the full refresh spends
on those tables and indicators."""


@dataclass(frozen=True)
class Target:
    """A figure of one scale that should stay at or below `at_most`."""

    title: str
    at_most: float
    unit: str
    figure: Callable[[Measured], float]


def targets() -> tuple[Target, ...]:
    """What the full refresh is held to."""
    return (
        Target(
            "raw → typed, de-duplicated, linked (raw + entity + fact)", 4.5, "× floor CPU", lambda m: _cpu(m, *_LINKED)
        ),
        Target("indicators", 1.0, "× floor CPU", lambda m: _cpu(m, "indicator")),
        Target("grades", 0.3, "× floor CPU", lambda m: _cpu(m, "grade")),
        Target("whole refresh", 9.0, "× floor CPU", lambda m: _over_floor(m, lambda r: r.full.usage.cpu)),
        Target("peak memory", 4.0, "GiB", lambda m: max(r.full.usage.peak for r in m.rounds) / _GIB),
    )


def page(measured: Sequence[Measured], command: str, day: str, machine: str, busy: str) -> str:
    """The whole page; `busy` says how loaded the machine was."""
    parts = [
        "# Benchmarks",
        f"Written by `{command}` on {day}; do not edit. {machine}. Medians of {len(measured[0].rounds)} run(s). {busy}",
        _METHOD.format(
            share=measured[-1].floor_bytes / measured[-1].bytes, held=measured[-1].held_back, tables=len(SAME_WORK)
        ),
        "## Targets\n\n" + "\n".join(_target_table(measured)),
        "## Reading\n\n" + "\n".join(_reading(measured)),
        *(f"## Scale {m.scale:g}\n\n" + "\n".join(_scale_table(m)) for m in measured),
    ]
    return "\n\n".join(parts) + "\n"


def _over_floor(measured: Measured, cpu: Callable[[Round], float]) -> float:
    return statistics.median(cpu(one) / one.floor.cpu for one in measured.rounds)


def _cpu(measured: Measured, *stages: str) -> float:
    return _over_floor(
        measured, lambda r: sum(r.full.status["stages"].get(s, {}).get("cpu_seconds", 0) for s in stages)
    )


def _target_table(measured: Sequence[Measured]) -> Iterator[str]:
    yield "| target | at most |" + "".join(f" scale {m.scale:g} |" for m in measured)
    yield "| --- | --- |" + " --- |" * len(measured)
    for target in targets():
        cells = "".join(f" {_verdict(target.figure(m), target.at_most)} |" for m in measured)
        yield f"| {target.title} | {target.at_most:g} {target.unit} |{cells}"
    if len(measured) > 1:
        cells = "".join(f" {_verdict(_growth(*pair), _GROWTH)} |" for pair in pairwise(measured))
        yield f"| CPU of the whole refresh over linear growth from the scale before | {_GROWTH:g} × linear | – |{cells}"


def _verdict(figure: float, at_most: float) -> str:
    return f"{figure:.2f}" if figure <= at_most else f"**{figure:.2f}** missed"


def _growth(smaller: Measured, larger: Measured) -> float:
    cpu = [statistics.median(r.full.usage.cpu for r in m.rounds) for m in (smaller, larger)]
    return cpu[1] / cpu[0] / (larger.scale / smaller.scale)


def _reading(measured: Sequence[Measured]) -> Iterator[str]:
    for m in measured:
        missed = [t.title for t in targets() if t.figure(m) > t.at_most]
        shares = _shares(m)
        largest = ", ".join(f"{name} {share:.0%}" for name, share in shares[:4])
        slowest = sorted(m.rounds[-1].full.status["steps"], key=lambda s: -s["cpu_seconds"])[:5]
        tables = ", ".join(f"{s['stage']}.{s['table_name']} {s['cpu_seconds']:.1f} s" for s in slowest)
        verdict = f"missed: {'; '.join(missed)}" if missed else "every target is reached"
        yield f"- Scale {m.scale:g}: {verdict}. CPU of the full refresh goes to {largest}; dearest tables: {tables}."
        again, day = (
            statistics.median(getattr(r, name).usage.cpu / r.full.usage.cpu for r in m.rounds)
            for name in ("again", "day")
        )
        yield f"- Scale {m.scale:g}: unchanged input costs {again:.2f} of a full refresh, one more day {day:.2f}."
        if m.twin is not None:
            ours = statistics.median(_same_work(r.full) for r in m.rounds)
            yield (
                f"- Scale {m.scale:g}: the pandas twin takes {m.twin.cpu / ours:.2f} times the CPU of the same work"
                f" here ({m.twin.cpu:.1f} s against {ours:.1f} s); {m.agreement}."
            )


def _shares(measured: Measured) -> list[tuple[str, float]]:
    """Stages of the full refresh by their share of its CPU, largest first."""
    one = measured.rounds[-1].full
    found = {name: stage["cpu_seconds"] for name, stage in one.status["stages"].items()}
    found["outside"] = one.usage.cpu - sum(found.values())
    return sorted(((name, cpu / one.usage.cpu) for name, cpu in found.items()), key=lambda item: -item[1])


def _same_work(refresh: Refresh) -> float:
    return sum(
        float(s["cpu_seconds"])
        for s in refresh.status["steps"]
        if s["stage"] in ("entity", "indicator")
        or (s["stage"] in ("raw", "fact") and s["table_name"] in SAME_WORK)
        or (s["stage"], s["table_name"]) in (("known", "entity"), ("text", "polarity"))
    )


def _scale_table(m: Measured) -> Iterator[str]:
    floor = median([r.floor for r in m.rounds])
    delivered = sum(load["delivered_count"] for load in m.rounds[-1].full.status["loads"])
    yield f"{delivered:,} rows delivered in {m.bytes / _MIB:,.0f} MiB."
    yield ""
    yield "| | wall s | CPU s | × | rows/s | peak MiB |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"

    def line(title: str, used: Usage, rows: float | None = None) -> str:
        pace = f"{rows / used.wall:,.0f}" if rows and used.wall else ""
        over = used.cpu / floor.cpu
        return f"| {title} | {used.wall:.2f} | {used.cpu:.2f} | {over:.2f} | {pace} | {used.peak / _MIB:,.0f} |"

    yield line("simulate", m.simulate, delivered)
    yield line("**floor**", floor)
    yield line("**full refresh**", median([r.full.usage for r in m.rounds]), delivered)
    inside = []
    for name in m.rounds[-1].full.status["stages"]:
        stages = [r.full.status["stages"][name] for r in m.rounds]
        used = median([Usage(s["seconds"], s["cpu_seconds"], s["peak_memory_bytes"]) for s in stages])
        inside.append(used)
        yield line(f"· {name}", used, stages[-1]["rows"])
    whole = median([r.full.usage for r in m.rounds])
    rest = Usage(whole.wall - sum(u.wall for u in inside), whole.cpu - sum(u.cpu for u in inside), whole.peak)
    yield line("· outside", rest)
    yield line("same again", median([r.again.usage for r in m.rounds]), delivered)
    yield line("one more day", median([r.day.usage for r in m.rounds]), delivered)
    if m.twin is not None:
        yield line("pandas twin", m.twin)
