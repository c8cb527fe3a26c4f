-- grain: one stratum (credit grade × risk grade); at least one entity is drawn: A never means never
with sized as (
    select
        f.plan_id,
        f.stratum_id,
        f.credit_grade,
        f.risk_grade,
        count(*) as population_count,
        max(s.ratio_ppm) as stratum_ppm
    from plan.frame as f
    join policy.sampling_ratio as s on s.credit_grade = f.credit_grade and s.risk_grade = f.risk_grade
    group by f.plan_id, f.stratum_id, f.credit_grade, f.risk_grade
)

select
    plan_id,
    stratum_id,
    credit_grade,
    risk_grade,
    population_count,
    stratum_ppm,
    least(population_count, greatest(1, (stratum_ppm * population_count + 999999) // 1000000)) as drawn_count
from sized
order by stratum_id
