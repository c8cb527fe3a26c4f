"""Source `publication`: when a penalty was published; some come late, a few never.

Not here: the penalties themselves (penalties.py).
"""

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Ints
from pipelines.feeds.simulated.delivery import Courier, Source, day_column, record_ids


def deliver_publications(courier: Courier, penalty: pl.Series, row: Ints, day: Ints) -> None:
    """Write the publications of penalties decided on `day`."""
    chance = courier.chance
    lag = 2 + (12 * np.exp(0.45 * chance.normal("publication.lag", row))).astype(np.int64)
    published = days.next_workday(day + lag)
    at = np.flatnonzero(~chance.happens("publication.never", row, 0.004) & (published <= days.LAST))
    frame = pl.DataFrame(
        {
            "公示编号": record_ids("GS", row[at], 10),
            "公示内容": pl.repeat("行政处罚", len(at), eager=True),
            "记录编号": penalty.gather(at),
            "公示日期": day_column(published[at]),
        }
    )
    source = Source("publication", "公示编号", by_year=True, date="公示日期", coded="公示内容")
    courier.deliver(source, frame, row[at], published[at])
