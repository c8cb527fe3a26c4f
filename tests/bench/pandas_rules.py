"""The rules of the indicators as an analyst would note them down, and exact whole-number arithmetic on columns.

A second, independent writing: no policy file is read here. Values are whole numbers of 10^-6; which rows a rule
concerns stands in pandas_firm, pandas_conduct and pandas_voice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

MICRO = 1_000_000
_MICRO_OF_A_CENT = 10_000
# Days that an indicator looks back.
INSPECTION, INSPECTION_RATE, FINDING, PENALTY, LISTING, REPORT = 1096, 1826, 1096, 1096, 1096, 1096
TAX, COMPLAINT, CHANGE, CASE, TEXT, LICENCE_AHEAD = 365, 365, 365, 365, 180, 90
BURST, BASELINE = 30, 365
# So many more units at the rate of the peers; peers themselves, so many at the rate of the zone.
OF_INSPECTIONS, OF_FILINGS, OF_COMPLAINTS, OF_TEXTS, OF_CASES, OF_PEERS = 3, 12, 2, 6, 2, 50
PRIOR_FINDINGS, LEAST_SCALE = 12, 250_000
REPORTS_DUE = "06-30"  # of the following year
# Spans of law (first day, last day, months that a record stays public), earliest first.
PUBLIC_PENALTY = {
    "minor": (("2010-01-01", "2021-08-31", 36), ("2021-09-01", "2079-12-31", 3)),
    "general": (("2010-01-01", "2026-03-31", 36), ("2026-04-01", "2079-12-31", 12)),
    "serious": (("2010-01-01", "2079-12-31", 36),),
}
PUBLIC_LISTING = {"serious": (("2021-09-01", "2079-12-31", 36),)}


def half_even(part: Any, whole: Any) -> Any:
    """`part / whole` rounded half to even; whole numbers or columns of them, `whole` above zero."""
    quotient, rest = divmod(part, whole)
    return quotient + ((2 * rest > whole) | ((2 * rest == whole) & (quotient % 2 == 1)))


def ratio(part: Any, whole: Any) -> Any:
    """`part / whole` in units of 10^-6."""
    return half_even(part * MICRO, whole)


def shrunk(events: Any, exposure: Any, towards: Any, weight: int) -> Any:
    """Events per exposure as if `weight` units at the rate `towards` were added; exposure and rates in 10^-6."""
    return shrunk_micro(events * MICRO, exposure, towards, weight)


def shrunk_micro(events: Any, exposure: Any, towards: Any, weight: int) -> Any:
    """The same with events in 10^-6."""
    return half_even((events + weight * towards) * MICRO, exposure + weight * MICRO)


def zone_rate(events: pd.Series, exposure: pd.Series) -> int:
    """Events per exposure of everybody; Python's integers, because the square of a million times the events is big."""
    return zone_rate_micro(events * MICRO, exposure)


def zone_rate_micro(events: pd.Series, exposure: pd.Series) -> int:
    """The same with events in 10^-6."""
    return int(half_even(int(events.sum()) * MICRO, int(exposure.sum())))


def relative(events: pd.Series, exposure: pd.Series, towards: pd.Series, weight: int) -> pd.Series:
    """The shrunk rate as a multiple of `towards`, or the events themselves where that is zero; at most 999 999."""
    return relative_micro(events * MICRO, exposure, towards, weight)


def relative_micro(events: pd.Series, exposure: pd.Series, towards: pd.Series, weight: int) -> pd.Series:
    """The same with events in 10^-6."""
    multiple = ratio(shrunk_micro(events, exposure, towards, weight), towards.where(towards > 0, 1))
    return multiple.where(towards > 0, events).clip(upper=999_999 * MICRO)


def burst(latest: pd.Series, expected: pd.Series, weight: int) -> pd.Series:
    """Events against those expected (in 10^-6), both with `weight` more."""
    return burst_micro(latest * MICRO, expected, weight)


def burst_micro(latest: pd.Series, expected: pd.Series, weight: int) -> pd.Series:
    """The same with events in 10^-6."""
    return half_even((latest + weight * MICRO) * MICRO, expected + weight * MICRO)


def besides(own: pd.Series, group: pd.Series) -> pd.Series:
    """What the others of each entity's group have together; both are indexed by entity."""
    return own.groupby(group.reindex(own.index)).transform("sum") - own


def micro_cny(amount: pd.Series) -> pd.Series:
    """Money, delivered with at most two decimals."""
    return cents(amount) * _MICRO_OF_A_CENT


def cents(amount: pd.Series) -> pd.Series:
    """Money as whole cents; none is zero."""
    return (amount.fillna(0) * 100).round().astype("int64")


def public_until(
    decided: pd.Series, severity: pd.Series, rules: dict[str, tuple[tuple[str, str, int], ...]]
) -> pd.Series:
    """The first day on which the law in force on that day lets each record go; NaT where none ever does."""
    until = pd.Series(pd.NaT, index=decided.index, dtype=decided.dtype)
    for name, spans in rules.items():
        own = decided[severity == name]
        for first, last, months in reversed(spans):
            ends = (own + pd.DateOffset(months=months)).clip(lower=pd.Timestamp(first))
            until.update(ends[ends <= pd.Timestamp(last)])
    return until


def weight_by_age(*knots: tuple[int, int]) -> np.ndarray:
    """Weight of each whole day of age, straight between knots of (age, weight in 10^-6)."""
    ages, weights = np.array(knots).T
    day = np.arange(ages[-1] + 1)
    end = np.searchsorted(ages, day, side="right").clip(max=len(ages) - 1)
    start = end - 1
    return half_even(weights[start] * (ages[end] - day) + weights[end] * (day - ages[start]), ages[end] - ages[start])


FADING_COMPLAINT = weight_by_age((0, MICRO), (30, MICRO), (365, 250_000), (366, 0))
FADING_FINDING = weight_by_age((0, MICRO), (365, 600_000), (1096, 100_000), (1097, 0))
FADING_PENALTY = weight_by_age((0, MICRO), (365, 600_000), (1096, 200_000), (1097, 0))


def said(family: str, evidence: pd.Series | int, **micro: pd.Series) -> list[pd.DataFrame]:
    """One table for each indicator of a family; every series is indexed by entity."""
    return [
        pd.DataFrame(
            {
                "entity": values.index,
                "indicator_id": f"{family}.{name}",
                "micro": values.to_numpy(),
                "evidence": evidence if isinstance(evidence, int) else evidence.reindex(values.index).to_numpy(),
            }
        )
        for name, values in micro.items()
    ]


def since(rows: pd.DataFrame, now: pd.Timestamp, days: int) -> pd.DataFrame:
    """Rows whose event is less than `days` days before the end of `now`."""
    return rows[rows["event"] > now - pd.Timedelta(days=days)]
