-- grain: one stratum of the plan
select
    plan_id,
    stratum_id,
    credit_grade,
    risk_grade,
    population_count,
    cast(stratum_ppm * 0.000001 as decimal(9, 6)) as ratio,
    drawn_count
from plan.stratum
order by plan_id, stratum_id
