-- grain: one entity × indicator of the family change
with wide as (
    select
        c.entity_id,
        count(*) as changes,
        count(*) filter (where c.change_kind in ('address', 'district')) as moves,
        count(*) filter (where c.change_kind = 'name') as renamings,
        min(c.event_date) as first_day,
        max(c.event_date) as last_day,
        max(c.event_date) + max(p.change_days) as ends_on
    from known.change as c
    cross join policy.indicator_window as p
    cross join run.info as r
    where c.entity_id is not null and c.event_date > r.as_of - p.change_days
    group by c.entity_id
)

select
    w.entity_id,
    'change.count' as indicator_id,
    cast(w.changes as decimal(18, 6)) as indicator_value,
    w.changes as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
union all
select w.entity_id, 'change.address_count' as indicator_id, cast(w.moves as decimal(18, 6)), w.changes, w.first_day, w.last_day, w.ends_on
from wide as w
union all
select w.entity_id, 'change.name_count' as indicator_id, cast(w.renamings as decimal(18, 6)), w.changes, w.first_day, w.last_day, w.ends_on
from wide as w
