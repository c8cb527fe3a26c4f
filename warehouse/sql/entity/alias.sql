-- grain: one code that leads to one file; an entity_id itself never changes hands
-- an old code leads to every successor down the line, where policy lets it (matching.succession_alias)
with recursive step as (
    select
        r.related_entity_id as old_id,
        r.entity_id as new_id,
        r.relation_kind,
        r.valid_from,
        r.known_at
    from entity.relation as r
    cross join run.info as i
    join policy.value as v
        on v.policy_id = 'matching.succession_alias' and v.valid_from <= i.as_of
            and (v.valid_to is null or v.valid_to >= i.as_of)
    where position('"' || r.relation_kind || '"' in v.value_json) > 0
),

chain as (
    select old_id, new_id, relation_kind, valid_from, known_at from step
    union
    select c.old_id, s.new_id, s.relation_kind, greatest(c.valid_from, s.valid_from), greatest(c.known_at, s.known_at)
    from chain as c
    join step as s on s.old_id = c.new_id
    where s.new_id <> c.old_id
)

select
    entity_code,
    entity_id,
    'own' as alias_kind,
    first_seen_date as valid_from,
    known_at
from entity.code
union all
select
    k.entity_code,
    c.new_id,
    min(c.relation_kind),
    min(c.valid_from),
    min(c.known_at)
from chain as c
join entity.code as k on k.entity_id = c.old_id
group by k.entity_code, c.new_id
order by entity_code, entity_id
