-- grain: one kinship of an entity with an earlier or superior one, since the first day that shows it
-- the register names parents and predecessors; the kind of a succession follows from what became of the predecessor;
-- two entities that no succession joins, of one name and once at one address, are one business registered twice
with told as (
    select entity_id, parent_code as code, false as is_succession, valid_from, known_at
    from entity.history
    where parent_code is not null
    union all
    select entity_id, predecessor_code, true, valid_from, known_at
    from entity.history
    where predecessor_code is not null
),

named as (
    select
        h.entity_id,
        p.entity_id as related_entity_id,
        h.is_succession,
        min(h.valid_from) as valid_from,
        min(greatest(h.known_at, p.known_at)) as known_at
    from told as h
    join entity.code as p on p.entity_code = h.code
    where p.entity_id <> h.entity_id
    group by h.entity_id, p.entity_id, h.is_succession
),

then_as as (
    select
        n.entity_id,
        n.related_entity_id,
        h.entity_id as of_entity_id,
        h.status,
        h.legal_form,
        name_key(h.name) as name_key,
        row_number() over (
            partition by n.entity_id, n.related_entity_id, h.entity_id order by h.observation_no desc
        ) as recency
    from (
        select *, entity_id as concerned_id from named where is_succession
        union all
        select *, related_entity_id from named where is_succession
    ) as n
    join entity.history as h on h.entity_id = n.concerned_id and h.valid_from <= n.valid_from
),

namesake as (
    select distinct b.entity_id, a.entity_id as related_entity_id
    from entity.bearer as a
    join entity.bearer as b on b.name_key = a.name_key and b.entity_id <> a.entity_id
    join entity.code as ka on ka.entity_id = a.entity_id
    join entity.code as kb on kb.entity_id = b.entity_id
    where ka.first_seen_date < kb.first_seen_date
        or (ka.first_seen_date = kb.first_seen_date and ka.entity_id < kb.entity_id)
),

twice as (
    select
        n.entity_id,
        n.related_entity_id,
        min(greatest(a.valid_from, b.valid_from)) as valid_from,
        min(greatest(a.known_at, b.known_at)) as known_at
    from namesake as n
    join entity.history as a on a.entity_id = n.related_entity_id
    join entity.history as b on b.entity_id = n.entity_id and b.address = a.address
    group by n.entity_id, n.related_entity_id
)

select
    n.entity_id,
    n.related_entity_id,
    case
        when not n.is_succession then 'branch'
        when b.status = 'active' then 'split'
        when b.legal_form = 'sole_proprietor' and s.legal_form <> 'sole_proprietor' then 'conversion'
        when b.name_key = s.name_key then 'code_change'
        else 'merger'
    end as relation_kind,
    n.valid_from,
    n.known_at
from named as n
left join then_as as s
    on s.entity_id = n.entity_id and s.related_entity_id = n.related_entity_id
        and s.of_entity_id = n.entity_id and s.recency = 1
left join then_as as b
    on b.entity_id = n.entity_id and b.related_entity_id = n.related_entity_id
        and b.of_entity_id = n.related_entity_id and b.recency = 1
union all
select
    t.entity_id,
    t.related_entity_id,
    'duplicate',
    t.valid_from,
    t.known_at
from twice as t
left join named as n on n.entity_id = t.entity_id and n.related_entity_id = t.related_entity_id
left join named as m on m.entity_id = t.related_entity_id and m.related_entity_id = t.entity_id
where n.entity_id is null and m.entity_id is null
order by entity_id, related_entity_id, relation_kind
