-- grain: one normalised name that belongs to exactly one entity
select
    name_key(r.name) as name_key,
    min(c.entity_id) as entity_id,
    min(r.known_at) as known_at
from raw.registration as r
join entity.code as c on c.entity_code = r.entity_code
where name_key(r.name) is not null
group by name_key(r.name)
having count(distinct c.entity_id) = 1
order by name_key
