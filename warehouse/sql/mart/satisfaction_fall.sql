-- grain: one department: ratings of hotline orders of the last days beside those of the three times longer time before
with rated as (
    select
        c.department_id,
        c.closed_on > r.as_of - p.satisfaction_days as is_recent,
        c.rating >= p.satisfied_rating as is_satisfied
    from known.case_clock as c
    cross join run.info as r
    cross join policy.reporting as p
    where c.case_kind = 'hotline' and c.rating is not null and c.closed_on > r.as_of - p.satisfaction_days - 3 * p.satisfaction_days
),

counted as (
    select
        department_id,
        count(*) filter (where is_recent) as recent_count,
        count(*) filter (where is_recent and is_satisfied) as recent_satisfied,
        count(*) filter (where not is_recent) as before_count,
        count(*) filter (where not is_recent and is_satisfied) as before_satisfied
    from rated
    group by department_id
),

shares as (
    select
        c.*,
        cast(c.recent_satisfied as double) / c.recent_count as recent_share,
        cast(c.before_satisfied as double) / c.before_count as before_share,
        cast(c.recent_satisfied + c.before_satisfied as double) / (c.recent_count + c.before_count) as whole_share
    from counted as c
    where c.recent_count > 0 and c.before_count > 0
)

select
    s.department_id,
    coalesce(d.name, s.department_id) as department_name,
    s.recent_count as rated_count,
    s.recent_satisfied as satisfied_count,
    s.before_count as rated_count_before,
    s.before_satisfied as satisfied_count_before,
    (s.before_share - s.recent_share)
    / nullif(sqrt(s.whole_share * (1 - s.whole_share) * (cast(1 as double) / s.recent_count + cast(1 as double) / s.before_count)), 0) as excess_score
from shares as s
left join entity.department as d on d.department_id = s.department_id
order by s.department_id
