-- grain: one entity × indicator of the family relation
-- records that count today of branches, of the parent, and of predecessors as far as successors inherit them
with record as (
    select
        e.entity_id,
        'penalty' as record_kind,
        e.penalty_severity = 'serious' as is_serious,
        e.event_date
    from known.penalty_effect as e
    cross join run.info as r
    where e.ends_on > r.as_of
    union all
    select
        l.entity_id,
        'abnormal_list',
        l.list_kind = 'serious',
        l.listed_on
    from known.listing as l
    cross join run.info as r
    where l.ends_on is null or l.ends_on > r.as_of
),

kin as (
    select
        k.entity_id,
        k.related_entity_id as other_id,
        case when k.relation_kind = 'branch' then 'parent' else 'predecessor' end as tie,
        k.relation_kind
    from entity.relation as k
    cross join run.info as r
    where k.relation_kind <> 'duplicate' and k.valid_from <= r.as_of and k.known_at < r.known_by
    union all
    select k.related_entity_id, k.entity_id, 'branch', k.relation_kind
    from entity.relation as k
    cross join run.info as r
    where k.relation_kind = 'branch' and k.valid_from <= r.as_of and k.known_at < r.known_by
),

wide as (
    select
        k.entity_id,
        k.tie,
        count(*) filter (where t.record_kind = 'penalty' and (k.tie <> 'predecessor' or i.record_kind is not null)) as penalties,
        count(*) filter (where t.record_kind = 'abnormal_list' and (k.tie <> 'predecessor' or i.record_kind is not null)) as listings,
        count(*) filter (where t.record_kind = 'abnormal_list' and t.is_serious) as serious,
        count(t.record_kind) as records,
        min(t.event_date) as first_day,
        max(t.event_date) as last_day
    from kin as k
    left join record as t on t.entity_id = k.other_id
    left join policy.inheritance as i on i.relation_kind = k.relation_kind and i.record_kind = t.record_kind
    group by k.entity_id, k.tie
)

select
    w.entity_id,
    'relation.branch_penalty_count' as indicator_id,
    cast(w.penalties as decimal(18, 6)) as indicator_value,
    w.records as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    cast(null as date) as expires_on
from wide as w
where w.tie = 'branch'
union all
select w.entity_id, 'relation.branch_listing_count' as indicator_id, cast(w.listings as decimal(18, 6)), w.records, w.first_day, w.last_day, null
from wide as w
where w.tie = 'branch'
union all
select w.entity_id, 'relation.parent_penalty_count' as indicator_id, cast(w.penalties as decimal(18, 6)), w.records, w.first_day, w.last_day, null
from wide as w
where w.tie = 'parent'
union all
select w.entity_id, 'relation.parent_is_serious' as indicator_id, cast(least(w.serious, 1) as decimal(18, 6)), w.records, w.first_day, w.last_day, null
from wide as w
where w.tie = 'parent'
union all
select w.entity_id, 'relation.inherited_penalty_count' as indicator_id, cast(w.penalties as decimal(18, 6)), w.records, w.first_day, w.last_day, null
from wide as w
where w.tie = 'predecessor'
union all
select w.entity_id, 'relation.inherited_listing_count' as indicator_id, cast(w.listings as decimal(18, 6)), w.records, w.first_day, w.last_day, null
from wide as w
where w.tie = 'predecessor'
