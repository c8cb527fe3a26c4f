"""The indicators of warehouse/sql/indicator written a second time, in plain pandas: peer of the benchmark and oracle.

Run as `python -m tests.bench.pandas_twin DATA AS_OF LINKS.csv TEXTS.csv OUT.parquet`. Reading and linking stand in pandas_tables,
the families in pandas_firm, pandas_conduct and pandas_voice; what is left out in asked.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pandas as pd

from tests.bench import pandas_conduct as conduct
from tests.bench import pandas_firm as firm
from tests.bench import pandas_voice as voice
from tests.bench.delivered import sources
from tests.bench.pandas_tables import PLANS, Register, in_force, read


def indicators(data: Path, day: date, links: pd.DataFrame, texts: pd.DataFrame) -> pd.DataFrame:
    """Return entity, indicator_id, micro (value in units of 10^-6) and evidence of every entity as of `day`.

    `links` (mention, entity) are those of the model and of people; see Register. `texts` (text, entity, weight) says
    which texts count for whom: the twin repeats arithmetic, not judgement.
    """
    now = pd.Timestamp(day)
    delivered = {files.source_id: files for files in sources(data)}
    register = Register(read(delivered["registration"]), links.set_index("mention")["entity"], now)
    entities = register.entities

    def current(name: str) -> pd.DataFrame:
        return in_force(read(delivered[name]), PLANS[name].key, now)

    def concerned(name: str) -> pd.DataFrame:
        return register.linked(current(name))

    inspections = concerned("inspection")
    rated = conduct.rated(inspections, entities, now)
    penalties = conduct.counting(concerned("penalty"), now)
    listings = conduct.listings(concerned("abnormal_list"), now)
    found = [
        *firm.profile(entities, now),
        *firm.change(concerned("change"), now),
        *firm.licence(concerned("licence"), now),
        *firm.annual_report(concerned("annual_report"), entities, now),
        *firm.tax_filing(concerned("tax_filing"), entities, now),
        *firm.relation(register, penalties, listings[listings["stands"]]),
        *conduct.inspection(inspections, rated, entities, now),
        *conduct.finding(current("finding"), rated, now),
        *conduct.penalty(penalties, now),
        *conduct.abnormal_list(listings, now),
        *voice.complaint(concerned("complaint"), entities, now),
        *voice.service_case(concerned("service_case"), now),
        *voice.text(current("text_item"), texts.assign(entity=register.number(texts["entity"])), entities, now),
    ]
    told = pd.concat(found, ignore_index=True).astype({"micro": "int64", "evidence": "int64"})
    return told.assign(entity=register.codes.take(told["entity"]), indicator_id=told["indicator_id"].astype("str"))


if __name__ == "__main__":
    given = pd.read_csv(sys.argv[3], dtype="str", keep_default_na=False)
    counted = pd.read_csv(sys.argv[4], dtype={"text": "str", "entity": "str"})
    indicators(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), given, counted).to_parquet(sys.argv[5])
