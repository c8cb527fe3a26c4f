-- grain: one entity × indicator of the family tax_filing
with wide as (
    select
        t.entity_id,
        count(*) as filings,
        count(*) filter (where t.event_date > t.due_date) as lates,
        sum(coalesce(t.arrears_cny, 0)) as arrears,
        min(t.event_date) as first_day,
        max(t.event_date) as last_day,
        max(p.tax_filing_days) as window_days
    from known.tax_filing as t
    cross join policy.indicator_window as p
    cross join run.info as r
    where t.entity_id is not null and t.event_date > r.as_of - p.tax_filing_days
    group by t.entity_id
)

select
    w.entity_id,
    'tax_filing.late_ratio' as indicator_id,
    ratio(w.lates, w.filings) as indicator_value,
    w.filings as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
union all
select
    w.entity_id,
    'tax_filing.arrears_cny' as indicator_id,
    cast(w.arrears as decimal(18, 6)) as indicator_value,
    w.filings as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
