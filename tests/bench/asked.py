"""What the bench asks of a refreshed warehouse, as SQL.

Not here: pandas, so that the process that measures stays small.
"""

VALUES = """
select c.entity_code as entity, v.indicator_id, cast(v.indicator_value * 1000000 as bigint) as micro,
       v.evidence_count as evidence
from indicator.value as v join entity.code as c on c.entity_id = v.entity_id
order by 1, 2
"""
# What the twin cannot work out on its own: links that the matching model or a person made.
LINKS = """
select l.mention_key as mention, c.entity_code as entity
from entity.link as l join entity.code as c on c.entity_id = l.entity_id
where l.linked_by in ('model', 'verdict')
order by 1
"""
