"""Candidates of the register for what sources call an entity: by its only bearer, a repaired code, or a like name.

Not here: which candidate becomes a link (sql/entity/link.sql) and what people decided (verdicts.py).
"""

from __future__ import annotations

import re

import polars as pl

from models.matching.code_repair import repairs
from models.policy.loader import InForce
from warehouse.engine import DuckDBEngine
from warehouse.linking import mention_model

_MOST_BEARERS = 50  # a start of a name that more entities share names a place or a trade, not a firm
_START, _SHORTEST = 3, 4  # characters of a trade name; fewer characters in all tell nobody apart
_DIGITS = 6
_BY_NAME = """
select m.mention_key, n.entity_id, 1.0 as link_probability, 'name' as evidence, n.known_at
from entity.mention as m join entity.name as n on n.name_key = m.name_key
"""
_MISREAD = """
select distinct m.entity_code from entity.mention as m
left join entity.name as n on n.name_key = m.name_key
where m.entity_code is not null and n.name_key is null and not is_credit_code(m.entity_code)
order by m.entity_code
"""
# A repaired code is near certain where nothing speaks against it: no other repair, and no name unlike its bearer's.
_BY_CODE = f"""
with repaired as (
    select m.mention_key, m.name_key, c.entity_id, c.known_at,
        count(*) over (partition by m.mention_key) as rivals
    from entity.mention as m
    join incoming_repair as r on r.entity_code = m.entity_code
    join entity.code as c on c.entity_code = r.repaired_code and c.code_system = 'credit_code'
    left join entity.name as n on n.name_key = m.name_key
    where n.name_key is null
), named as (
    select r.mention_key, r.entity_id, any_value(r.known_at) as known_at, any_value(r.rivals) as rivals,
        bool_or(r.name_key is null or b.name_key = r.name_key
            or jaro_winkler_similarity(b.name_key, r.name_key) >= {{name_likeness}}
            or contains(b.name_key, left(r.name_key, {_START}))) as is_alike
    from repaired as r left join entity.bearer as b on b.entity_id = r.entity_id
    group by r.mention_key, r.entity_id
)
select mention_key, entity_id, 'repaired_code' as evidence, known_at,
    case when is_alike then {{name_fits}} else {{name_differs}} end / cast(rivals as double) as link_probability
from named
"""
_PARTS = f"""
select *, case when length(core) >= {_SHORTEST} then left(core, {_START}) end as start,
    array_to_string(list_sort(string_split(name_key, '')), '') as characters
from (select *, coalesce(nullif(regexp_replace(name_key, ?, ''), ''), name_key) as core from ({{source}}) as s) as p
"""
_ALL = """
select * from candidate_by_rule union all by name select * from incoming_scored order by mention_key, entity_id
"""
_BORNE_LIKE = f"""
select cast(row_number() over (order by b.name_key, b.entity_id, b.district_code, b.known_at) as varchar) as unique_id,
    b.name_key, b.core, b.characters, s.start, b.entity_id, b.district_code, b.known_at
from borne as b
left join (
    select start from borne where start in (select start from unnamed)
    group by start having count(distinct entity_id) <= {_MOST_BEARERS}
) as s on s.start = b.start
where b.name_key in (select name_key from unnamed) or b.core in (select core from unnamed)
    or b.characters in (select characters from unnamed) or s.start is not null
"""
_UNNAMED = """
select m.mention_key as unique_id, m.name_key, m.district_code from entity.mention as m
left join candidate_by_rule as r on r.mention_key = m.mention_key
where r.mention_key is null and m.name_key is not null and not coalesce(is_credit_code(m.entity_code), false)
"""


def write_candidates(engine: DuckDBEngine, policy: InForce) -> int:
    """(Re)build `entity.candidate` and return its rows: mention, entity, probability, evidence and since when known.

    What one mention gets does not depend on other mentions, only on the register as known by then.
    """
    codes = engine.frame(_MISREAD)
    position, repaired = repairs(codes["entity_code"].to_list())
    repairs_found = codes[position].with_columns(repaired_code=pl.Series(repaired, dtype=pl.String))
    engine.connection.register("incoming_repair", repairs_found.to_arrow())
    by_code = _BY_CODE.format(**policy.value("matching.repaired_code"))
    engine.run(f"create or replace temp table candidate_by_rule as {_BY_NAME} union all by name ({by_code})")
    scored = _scored(engine, policy)
    engine.connection.register("incoming_scored", scored.to_arrow())
    try:
        return engine.build("entity.candidate", _ALL)
    finally:
        engine.connection.unregister("incoming_scored")
        engine.connection.unregister("incoming_repair")
        engine.run("drop table candidate_by_rule")


def _scored(engine: DuckDBEngine, policy: InForce) -> pl.DataFrame:
    """Candidates by like names, each with its share of the chance that the mention is any of them."""
    left, right = _sides(engine, policy)
    odds = mention_model.odds(left, right, policy.value("matching.mention_weight"), engine.count("entity.code"))
    best = (
        odds.join(right.select("entity_id", "known_at", unique_id_r="unique_id"), on="unique_id_r")
        .sort("unique_id_l", "entity_id", "odds", "known_at", descending=[False, False, True, False])
        .unique(["unique_id_l", "entity_id"], keep="first", maintain_order=True)
    )
    share = pl.col("odds") / (1 + pl.col("odds").sum().over("unique_id_l"))
    return best.select(
        "entity_id", "evidence", "known_at", mention_key="unique_id_l", link_probability=share.round(_DIGITS)
    )


def _sides(engine: DuckDBEngine, policy: InForce) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The mentions that no rule settles, and those names of the register that share something with one of them."""
    districts = [name for (name,) in engine.rows("select district_name from entity.district order by district_name")]
    words = sorted({*policy.value("matching.place_word"), *districts}, key=lambda word: (-len(word), word))
    before = f"^({'|'.join(re.escape(word) for word in words)})+"
    for name, source in (("unnamed", _UNNAMED), ("borne", "select * from entity.bearer")):
        engine.rows(f"create or replace temp table {name} as {_PARTS.format(source=source)}", [before])
    left = engine.frame("select * from unnamed order by unique_id")
    right = engine.frame(_BORNE_LIKE)
    engine.run("drop table unnamed")
    engine.run("drop table borne")
    return left, right
