-- grain: one cause of one department's visits in one year of the burden ledger
select
    b.visit_year,
    b.department_id,
    d.name as department_name,
    b.visit_cause_code,
    t.visit_cause_zh,
    b.is_counted,
    count(*) as visit_count,
    count(distinct b.entity_id) as visited_count
from plan.burden as b
join (select distinct visit_cause_code, visit_cause_zh from policy.visit_cause) as t
    on t.visit_cause_code = b.visit_cause_code
left join entity.department as d on d.department_id = b.department_id
group by b.visit_year, b.department_id, d.name, b.visit_cause_code, t.visit_cause_zh, b.is_counted
order by b.visit_year, b.department_id, b.visit_cause_code
