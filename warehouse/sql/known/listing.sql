-- grain: one listing with the day from which it no longer holds, and why; open while ends_on is null
with listed as (
    select
        a.entity_id,
        a.listing_id,
        min(a.list_kind) as list_kind,
        min(a.event_date) filter (where a.listing_action = 'listed') as listed_on,
        min(a.event_date) filter (where a.listing_action = 'removed') as removed_on
    from known.abnormal_list as a
    where a.entity_id is not null
    group by a.entity_id, a.listing_id
),

period as (
    select
        l.entity_id,
        l.listing_id,
        min(term_day(l.listed_on, p.ends_after_months, p.first_day, p.last_day)) as public_until,
        min(term_day(l.listed_on, p.repair_after_months, p.first_day, p.last_day)) as repairable_from
    from listed as l
    join policy.publicity_period as p on p.record_kind = 'abnormal_list' and p.severity = l.list_kind
    group by l.entity_id, l.listing_id
),

dated as (
    select
        l.entity_id,
        l.listing_id,
        l.list_kind,
        l.listed_on,
        l.removed_on,
        p.public_until,
        p.repairable_from,
        case when r.repaired_on is not null then greatest(r.repaired_on, p.repairable_from) end as repaired_on
    from listed as l
    left join period as p on p.entity_id = l.entity_id and p.listing_id = l.listing_id
    left join known.repair as r
        on r.entity_id = l.entity_id and r.record_kind = 'abnormal_list' and r.record_id = l.listing_id
    where l.listed_on is not null
)

select
    d.listing_id,
    d.entity_id,
    d.list_kind,
    d.listed_on,
    d.removed_on,
    least(d.removed_on, d.public_until, d.repaired_on) as ends_on,
    case least(d.removed_on, d.public_until, d.repaired_on)
        when d.removed_on then 'legal_effect'
        when d.repaired_on then 'repair'
        when d.public_until then 'publicity'
    end as ends_by,
    d.repairable_from
from dated as d
order by d.entity_id, d.listed_on, d.listing_id
