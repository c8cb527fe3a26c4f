-- grain: one entity × indicator of the family licence
-- the latest document of each kind decides; a licence that was cancelled neither expires nor is expiring
with ranked as (
    select
        l.entity_id,
        l.application_kind,
        l.event_date,
        l.expires_on,
        row_number() over (
            partition by l.entity_id, l.licence_kind order by l.event_date desc, l.expires_on desc, l.licence_id desc
        ) as recency,
        count(*) over (partition by l.entity_id, l.licence_kind) as documents
    from known.licence as l
    where l.entity_id is not null
),

document as (
    select
        entity_id,
        event_date as last_day,
        expires_on,
        documents
    from ranked
    where recency = 1 and application_kind <> 'cancel'
),

wide as (
    select
        d.entity_id,
        count(*) filter (where d.expires_on < r.as_of) as expired,
        count(*) filter (where d.expires_on between r.as_of and r.as_of + p.licence_expiry_ahead_days) as expiring,
        count(*) filter (where d.expires_on is null or d.expires_on >= r.as_of) as held,
        cast(sum(d.documents) as bigint) as documents,
        min(d.last_day) as first_day,
        max(d.last_day) as last_day
    from document as d
    cross join policy.indicator_window as p
    cross join run.info as r
    group by d.entity_id
)

select
    w.entity_id,
    'licence.expired_count' as indicator_id,
    cast(w.expired as decimal(18, 6)) as indicator_value,
    w.documents as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    cast(null as date) as expires_on
from wide as w
union all
select w.entity_id, 'licence.expiring_count' as indicator_id, cast(w.expiring as decimal(18, 6)), w.documents, w.first_day, w.last_day, null
from wide as w
union all
select w.entity_id, 'licence.held_count' as indicator_id, cast(w.held as decimal(18, 6)), w.documents, w.first_day, w.last_day, null
from wide as w
