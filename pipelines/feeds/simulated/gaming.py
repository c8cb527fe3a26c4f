"""Planted gaming of figures: closures on the last day, flawless ratings, withdrawals that come back, split orders.

Not here: the everyday cases (approvals.py, hotline.py). The windows planted here are told in the answer files.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Chance, Flags, Ints
from pipelines.feeds.simulated.items import ITEMS
from pipelines.feeds.simulated.traits import districts

FIRST = days.number(date(2025, 11, 10))
LAST_DAY, PERFECT, RELABELLED, SPLIT = "last_day_closure", "perfect_rating", "relabelled_withdrawal", "split_order"
# detector, item, district: a window (one item in one district) that games its figures from FIRST on
WINDOWS = (
    (LAST_DAY, "SP04", "XA-GX"),
    (LAST_DAY, "SP04", "610113"),
    (LAST_DAY, "SP10", "610112"),
    (LAST_DAY, "SP03", "610116"),
    (PERFECT, "SP01", "610104"),
    (PERFECT, "SP02", "610113"),
    (PERFECT, "SP01", "XA-GX"),
    (PERFECT, "SP04", "610112"),
    (RELABELLED, "SP04", "610104"),
    (RELABELLED, "SP08", "610113"),
    (RELABELLED, "SP03", "610103"),
)
_SPLIT_GROUPS = 80
_SPLIT_SIZE = 6


def at_window(detector: str, item: Ints, district: Ints, day: Ints) -> Flags:
    """True for the cases of the windows that a detector should find."""
    codes = districts().code.to_list()
    found = np.zeros(len(item), dtype=bool)
    for name, item_code, district_code in WINDOWS:
        if name == detector:
            place = [listed.code for listed in ITEMS].index(item_code)
            found |= (item == place) & (district == codes.index(district_code)) & (day >= FIRST)
    return found


@dataclass(frozen=True)
class Split:
    """Orders of callers whose one matter was entered as several, minutes apart."""

    group: Ints
    day: Ints
    second: Ints
    leaf: Ints
    district: Ints


def split_orders(chance: Chance, leaves: int, scale: float) -> Split:
    """Groups of orders within half an hour; never fewer than 2 groups."""
    groups = max(2, round(_SPLIT_GROUPS * scale))
    group = np.repeat(np.arange(groups), _SPLIT_SIZE)
    minute = np.tile(np.arange(_SPLIT_SIZE) * 5, groups)
    first = np.full(groups, FIRST)
    day = days.spread(chance, "split.day", np.arange(groups), first, np.full(groups, days.LAST - 20))
    hour = 9 + chance.below("split.hour", np.arange(groups), 8)
    return Split(
        group=group,
        day=day[group],
        second=hour[group] * 3600 + minute * 60,
        leaf=chance.below("split.leaf", np.arange(groups), leaves)[group],
        district=chance.choice("split.district", np.arange(groups), districts().weight)[group],
    )


def windows() -> pl.DataFrame:
    """The planted windows, for the answer files."""
    return pl.DataFrame(WINDOWS, schema=["detector", "item_code", "district_code"], orient="row")
