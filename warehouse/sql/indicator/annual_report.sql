-- grain: one entity × indicator of the family annual_report
-- a feed without annual reports says nothing about missing ones
with filed as (
    select
        a.entity_id,
        a.report_year,
        min(a.event_date) as filed_on
    from known.annual_report as a
    where a.entity_id is not null
    group by a.entity_id, a.report_year
),

due as (
    select
        e.entity_id,
        count(*) as due_count,
        count(*) filter (where f.entity_id is null) as missing_count,
        count(*) filter (where f.filed_on > y.due_on) as late_count,
        min(y.due_on) as first_day,
        max(y.due_on) as last_day,
        max(y.due_on) + max(p.annual_report_days) as ends_on
    from known.entity as e
    cross join policy.annual_report_due as y
    cross join policy.indicator_window as p
    cross join run.info as r
    cross join (select count(*) as reports from known.annual_report) as n
    left join filed as f on f.entity_id = e.entity_id and f.report_year = y.report_year
    where
        n.reports > 0
        and y.due_on <= r.as_of
        and y.due_on > r.as_of - p.annual_report_days
        and extract(year from e.established_date) <= y.report_year
    group by e.entity_id
),

ranked as (
    select
        a.entity_id,
        a.employee_count,
        a.revenue_cny,
        a.event_date,
        lead(a.revenue_cny) over newest as revenue_before,
        row_number() over newest as recency
    from known.annual_report as a
    where a.entity_id is not null
    window newest as (partition by a.entity_id order by a.report_year desc, a.event_date desc, a.report_id desc)
)

select
    d.entity_id,
    'annual_report.missing_count' as indicator_id,
    cast(d.missing_count as decimal(18, 6)) as indicator_value,
    d.due_count as evidence_count,
    d.first_day as first_evidence,
    d.last_day as last_evidence,
    d.ends_on as expires_on
from due as d
union all
select d.entity_id, 'annual_report.late_count' as indicator_id, cast(d.late_count as decimal(18, 6)), d.due_count, d.first_day, d.last_day, d.ends_on
from due as d
union all
select n.entity_id, 'annual_report.employee_count' as indicator_id, cast(n.employee_count as decimal(18, 6)), 1, n.event_date, n.event_date, null
from ranked as n
where n.recency = 1 and n.employee_count is not null
union all
select
    n.entity_id, 'annual_report.revenue_change_ratio' as indicator_id,
    micro(cast(least(half_even_wide(cast(n.revenue_cny * 100 as hugeint) * 1000000, cast(n.revenue_before * 100 as hugeint)), 100 * 1000000) as bigint)),
    2, n.event_date, n.event_date, null
from ranked as n
where n.recency = 1 and n.revenue_cny is not null and n.revenue_before > 0
