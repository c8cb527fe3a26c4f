-- grain: one group of active entities (all, by credit grade, size class or district) in one year of the burden ledger
with report as (
    select
        a.entity_id,
        a.employee_count,
        row_number() over (partition by a.entity_id order by a.report_year desc, a.event_date desc, a.report_id) as recency
    from known.annual_report as a
    where a.entity_id is not null and a.employee_count is not null
),

who as (
    select
        e.entity_id,
        g.credit_grade,
        coalesce(s.size_class, 'unknown') as size_class,
        coalesce(e.district_code, 'unknown') as district_code
    from known.entity as e
    join grade.grade as g on g.entity_id = e.entity_id
    left join report as r on r.entity_id = e.entity_id and r.recency = 1
    left join policy.size_class as s
        on r.employee_count >= s.least_employees and (s.below_employees is null or r.employee_count < s.below_employees)
    where e.status = 'active'
),

visited as (
    select
        entity_id,
        visit_year,
        count(*) as visit_count,
        count(*) filter (where is_counted) as counted_count,
        count(distinct event_date) as day_count
    from plan.burden
    group by entity_id, visit_year
),

told as (
    select
        y.visit_year,
        w.entity_id,
        w.credit_grade,
        w.size_class,
        w.district_code,
        coalesce(v.visit_count, 0) as visit_count,
        coalesce(v.counted_count, 0) as counted_count,
        coalesce(v.day_count, 0) as day_count
    from who as w
    cross join (select distinct visit_year from plan.burden) as y
    left join visited as v on v.entity_id = w.entity_id and v.visit_year = y.visit_year
),

grouped as (
    select visit_year, entity_id, 'all' as group_kind, 'all' as group_value, visit_count, counted_count, day_count from told
    union all
    select visit_year, entity_id, 'credit_grade', credit_grade, visit_count, counted_count, day_count from told
    union all
    select visit_year, entity_id, 'size_class', size_class, visit_count, counted_count, day_count from told
    union all
    select visit_year, entity_id, 'district_code', district_code, visit_count, counted_count, day_count from told
),

ordered as (
    select
        *,
        row_number() over (partition by visit_year, group_kind, group_value order by visit_count, entity_id) as place
    from grouped
)

select
    visit_year,
    group_kind,
    group_value,
    count(*) as entity_count,
    count(*) filter (where visit_count > 0) as visited_count,
    cast(sum(visit_count) as bigint) as visit_count,
    cast(sum(counted_count) as bigint) as counted_count,
    cast(sum(visit_count - day_count) as bigint) as merged_count,
    percentile_cont(0.5) within group (order by visit_count) as median_visits,
    percentile_cont(0.95) within group (order by visit_count) as p95_visits,
    max(visit_count) as most_visits,
    cast(sum(2 * place * visit_count) as double) / nullif(count(*) * sum(visit_count), 0)
        - cast(count(*) + 1 as double) / count(*) as gini
from ordered
group by visit_year, group_kind, group_value
order by visit_year, group_kind, group_value
