-- grain: one entity × indicator of the family annual_report
-- a feed without annual reports says nothing about missing ones
with due as (
    select
        e.entity_id,
        y.report_year,
        y.due_on
    from known.entity as e
    cross join policy.annual_report_due as y
    cross join policy.indicator_window as p
    cross join run.info as r
    where
        y.due_on <= r.as_of
        and y.due_on > r.as_of - p.annual_report_days
        and extract(year from e.established_date) <= y.report_year
),

filed as (
    select distinct
        a.entity_id,
        a.report_year
    from known.annual_report as a
    where a.entity_id is not null
),

delivered as (
    select count(*) as reports
    from known.annual_report as a
),

wide as (
    select
        d.entity_id,
        count(*) as due_count,
        count(*) filter (where f.entity_id is null) as missing_count,
        min(d.due_on) as first_day,
        max(d.due_on) as last_day,
        max(p.annual_report_days) as window_days
    from due as d
    left join filed as f on f.entity_id = d.entity_id and f.report_year = d.report_year
    cross join policy.indicator_window as p
    cross join delivered as n
    where n.reports > 0
    group by d.entity_id
)

select
    w.entity_id,
    'annual_report.missing_count' as indicator_id,
    cast(w.missing_count as decimal(18, 6)) as indicator_value,
    w.due_count as evidence_count,
    w.first_day as first_evidence,
    w.last_day as last_evidence,
    w.last_day + w.window_days as expires_on
from wide as w
