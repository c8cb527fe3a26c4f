"""docs/benchmarks.md: the figures of each scale as ratios to the floor of the same run, beside their targets.

No measuring here; everything the page says follows from the figures it is given.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.bench.asked import LEFT_OUT, SAME_WORK
from tests.bench.measure import Usage, median
from tests.bench.rounds import Measured, Refresh, Round

_MIB, _GIB = 2**20, 2**30
_LINKED = ("raw", "entity", "fact")

_METHOD = """\
Every line is a process of its own, measured by the operating system (`os.wait4`): wall seconds, CPU seconds of all
threads, peak resident memory. *Floor* is the engine merely reading every CSV (UTF-8) and Parquet delivery once, every
column as text, the median of three readings ({share:.0%} of the delivered bytes; sheets, JSON lines and GB18030 are left out, which makes it lower).
Stages are what the refresh itself noted; *outside* is the rest of its process: start, Dagster, archiving, contract
checks. × is CPU divided by the floor's CPU of the same run. *Same again* is a refresh of unchanged input, which finds
nothing to do, *the same anew* one that is told to publish it again (`--again`), *one more day* adds the deliveries of the last day ({held:,} rows),
*delivered late* its inspections ({late:,} rows) when the day was published without them. The *pandas twin* reads {sources} of the sources and computes
the indicators of {families} families to the last digit, after taking over the links of the matching model; it leaves
out {left_out}, and repairs of credit, which nobody enters here. *The same work* is what the full refresh spends on the
tables that do as much, and no others. *Storing* copies the tables of raw, entity and fact as they are, without
reading a delivery or computing anything. The floor shrinks with the scale, starting the process does not: below scale 1
the increments say little."""


@dataclass(frozen=True)
class Bound:
    """What a figure should not exceed, or with `is_least` not fall below."""

    limit: float
    unit: str
    is_least: bool = False

    @property
    def told(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.limit:g} {self.unit}"

    def is_missed(self, figure: float | None) -> bool:
        return figure is not None and (figure < self.limit if self.is_least else figure > self.limit)

    def verdict(self, figure: float | None) -> str:
        if figure is None:
            return "–"
        return f"**{figure:.2f}** missed" if self.is_missed(figure) else f"{figure:.2f}"


@dataclass(frozen=True)
class Target:
    """A figure of one scale, None where it was not measured, and its bound."""

    title: str
    bound: Bound
    figure: Callable[[Measured], float | None]


GROWTH = Bound(1.2, "× growth of the rows")


def targets() -> tuple[Target, ...]:
    """What the refresh of one scale is held to."""

    def floor(limit: float) -> Bound:
        return Bound(limit, "× floor CPU")

    return (
        Target("raw → typed, de-duplicated, linked (raw + entity + fact)", floor(4.5), lambda m: _cpu(m, *_LINKED)),
        Target("indicators", floor(1.0), lambda m: _cpu(m, "indicator")),
        Target("grades", floor(0.3), lambda m: _cpu(m, "grade")),
        Target("whole refresh", floor(9.0), lambda m: _over_floor(m, lambda r: r.full.usage.cpu)),
        Target("whole refresh, but for the stage `text`", floor(9.0), lambda m: _over_floor(m, _without_texts)),
        Target("increment, same as-of: nothing new", floor(0.6), lambda m: _over_floor(m, lambda r: r.again.usage.cpu)),
        Target("increment, same as-of: `--again`, without publishing", floor(0.6), lambda m: _over_floor(m, _anew)),
        Target(
            "increment, same as-of: delivered late, without publishing", floor(0.6), lambda m: _over_floor(m, _late)
        ),
        Target("increment, next day, without publishing", floor(1.5), lambda m: _over_floor(m, _next_day)),
        Target("pandas twin ÷ same work", Bound(3.0, "× CPU of the same work", is_least=True), _twin_over_ours),
        Target("peak memory", Bound(4.0, "GiB"), lambda m: max(r.full.usage.peak for r in m.rounds) / _GIB),
    )


def page(measured: Sequence[Measured], command: str, day: str, machine: str, busy: str) -> str:
    """The whole page; `busy` says how loaded the machine was."""
    parts = [
        "# Benchmarks",
        f"Written by `{command}` on {day}; do not edit. {machine}. Medians of {len(measured[0].rounds)} run(s). {busy}",
        _METHOD.format(
            share=measured[-1].floor_bytes / measured[-1].bytes,
            held=measured[-1].held_back,
            late=measured[-1].late,
            sources=len(SAME_WORK["raw"]),
            families=len(SAME_WORK["indicator"]) - 1,  # their union is no family
            left_out=", ".join(f"`{family}` ({why})" for family, why in LEFT_OUT.items()),
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


def _without_texts(measured: Round) -> float:
    """CPU seconds of the full refresh without the reading, linking and weighing of texts."""
    return measured.full.usage.cpu - float(measured.full.status["stages"].get("text", {}).get("cpu_seconds", 0))


def _anew(measured: Round) -> float:
    return _unpublished(measured.anew)


def _late(measured: Round) -> float:
    return _unpublished(measured.late)


def _next_day(measured: Round) -> float:
    return _unpublished(measured.day)


def _unpublished(refresh: Refresh) -> float:
    """CPU seconds of the process without the stage that writes and checks the snapshot."""
    return refresh.usage.cpu - float(refresh.status["stages"].get("published", {}).get("cpu_seconds", 0))


def _target_table(measured: Sequence[Measured]) -> Iterator[str]:
    def line(title: str, bound: Bound, figures: Sequence[float | None]) -> str:
        return f"| {title} | {bound.told} |" + "".join(f" {bound.verdict(figure)} |" for figure in figures)

    yield "| target | bound |" + "".join(f" scale {m.scale:g} |" for m in measured)
    yield "| --- | --- |" + " --- |" * len(measured)
    for target in targets():
        yield line(target.title, target.bound, [target.figure(m) for m in measured])
    if len(measured) > 1:
        grown = [None, *(_growth(*pair) for pair in pairwise(measured))]
        yield line("CPU of the whole refresh from the scale before", GROWTH, grown)


def _growth(smaller: Measured, larger: Measured) -> float:
    cpu = [statistics.median(r.full.usage.cpu for r in m.rounds) for m in (smaller, larger)]
    return cpu[1] / cpu[0] / (_delivered(larger) / _delivered(smaller))


def _delivered(measured: Measured) -> int:
    return sum(load["delivered_count"] for load in measured.rounds[-1].full.status["loads"])


def _reading(measured: Sequence[Measured]) -> Iterator[str]:
    for m in measured:
        missed = [t.title for t in targets() if t.bound.is_missed(t.figure(m))]
        shares = _shares(m)
        largest = ", ".join(f"{name} {share:.0%}" for name, share in shares[:4])
        slowest = sorted(m.rounds[-1].full.status["steps"], key=lambda s: -s["cpu_seconds"])[:5]
        tables = ", ".join(f"{s['stage']}.{s['table_name']} {s['cpu_seconds']:.1f} s" for s in slowest)
        verdict = f"missed: {'; '.join(missed)}" if missed else "every target is reached"
        yield f"- Scale {m.scale:g}: {verdict}. CPU of the full refresh goes to {largest}; dearest tables: {tables}."
        again, anew, day, late = (
            statistics.median(getattr(r, name).usage.cpu / r.full.usage.cpu for r in m.rounds)
            for name in ("again", "anew", "day", "late")
        )
        yield (
            f"- Scale {m.scale:g}: unchanged input costs {again:.2f} of a full refresh, published again {anew:.2f},"
            f" one more day {day:.2f}, delivered late {late:.2f}."
        )
        if m.storing is not None:
            stored = statistics.median(m.storing.cpu / r.floor.cpu for r in m.rounds)
            yield (
                f"- Scale {m.scale:g}: of the {_cpu(m, *_LINKED):.2f} times the floor that raw, entity and fact take,"
                f" storing them takes {stored:.2f} and reading the deliveries 1."
            )
        if m.twin is not None:
            yield (
                f"- Scale {m.scale:g}: the pandas twin takes {_twin_over_ours(m):.2f} times the CPU of the same work"
                f" here ({m.twin.cpu:.1f} s against {_same_work(m):.1f} s); {m.agreement}."
            )


def _shares(measured: Measured) -> list[tuple[str, float]]:
    """Stages of the full refresh by their share of its CPU, largest first."""
    one = measured.rounds[-1].full
    found = {name: stage["cpu_seconds"] for name, stage in one.status["stages"].items()}
    found["outside"] = one.usage.cpu - sum(found.values())
    return sorted(((name, cpu / one.usage.cpu) for name, cpu in found.items()), key=lambda item: -item[1])


def _twin_over_ours(measured: Measured) -> float | None:
    return None if measured.twin is None else measured.twin.cpu / _same_work(measured)


def _same_work(measured: Measured) -> float:
    """CPU seconds of the full refresh on the tables that do what the twin does."""
    return statistics.median(
        sum(
            float(step["cpu_seconds"])
            for step in one.full.status["steps"]
            if step["table_name"] in SAME_WORK.get(step["stage"], ())
        )
        for one in measured.rounds
    )


def _scale_table(m: Measured) -> Iterator[str]:
    floor = median([r.floor for r in m.rounds])
    delivered = _delivered(m)
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
    yield line("the same anew", median([r.anew.usage for r in m.rounds]), delivered)
    yield line("one more day", median([r.day.usage for r in m.rounds]), delivered)
    yield line("delivered late", median([r.late.usage for r in m.rounds]), delivered)
    if m.storing is not None:
        yield line("storing", m.storing)
    if m.twin is not None:
        yield line("pandas twin", m.twin)


def with_section(page: str, heading: str, section: str) -> str:
    """Return the page with one section (from its `## ` heading to the next) in place of its former self, or at the end."""
    before, found, after = page.partition(f"{heading}\n")
    rest = after[at:] if found and (at := after.find("\n## ")) >= 0 else "\n" if found else ""
    return f"{before.rstrip()}\n\n{section.strip()}\n{rest}".rstrip() + "\n"
