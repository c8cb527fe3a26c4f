-- grain: one entity × indicator of the family tax_filing
with wide as (
    select
        t.entity_id,
        count(*) as filings,
        count(*) filter (where t.event_date > t.due_date) as lates,
        sum(coalesce(t.arrears_cny, 0)) as arrears,
        min(t.event_date) as first_day,
        max(t.event_date) as last_day,
        max(t.event_date) + max(p.tax_filing_days) as ends_on
    from known.tax_filing as t
    cross join policy.indicator_window as p
    cross join run.info as r
    where t.entity_id is not null and t.event_date > r.as_of - p.tax_filing_days
    group by t.entity_id
),

peers as (
    select
        w.entity_id,
        sum(w.lates) over alike - w.lates as peer_lates,
        sum(w.filings) over alike - w.filings as peer_filings,
        shrunk(sum(w.lates) over (), sum(w.filings) over () * 1000000, 0, 0) as zone_rate
    from wide as w
    join known.entity as e on e.entity_id = w.entity_id
    window alike as (partition by e.industry_code, e.district_code)
),

usual as (
    select
        p.entity_id,
        shrunk(p.peer_lates, p.peer_filings * 1000000, p.zone_rate, q.group_weight) as peer_rate,
        q.tax_filing_weight
    from peers as p
    cross join policy.peer as q
)

select
    w.entity_id,
    'tax_filing.late_ratio' as indicator_id,
    ratio(w.lates, w.filings) as indicator_value,
    w.filings as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.ends_on as expires_on
from wide as w
union all
select w.entity_id, 'tax_filing.arrears_cny' as indicator_id, cast(w.arrears as decimal(18, 6)), w.filings, w.first_day, w.last_day, w.ends_on
from wide as w
union all
select
    w.entity_id, 'tax_filing.late_peer_ratio' as indicator_id,
    relative(w.lates, w.filings * 1000000, u.peer_rate, u.tax_filing_weight),
    w.filings, w.first_day, w.last_day, w.ends_on
from wide as w
join usual as u on u.entity_id = w.entity_id
