-- grain: one normalised name that belongs to exactly one entity, as known by then: a later namesake undoes no link
select
    name_key,
    min(entity_id) as entity_id,
    min(known_at) as known_at
from entity.bearer
group by name_key
having count(distinct entity_id) = 1
order by name_key
