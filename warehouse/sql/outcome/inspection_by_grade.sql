-- grain: one scorecard × grade: what inspections after the as-of day found; never read by grades or marts
-- entities that nobody knew on the as-of day have no grade and are counted as such
with graded as (
    select
        p.pack_id,
        coalesce(s.scorecard_grade, '-') as scorecard_grade,
        case when l.critical_count > 0 then 1 else 0 end as is_critical,
        case when l.result <> 'pass' then 1 else 0 end as is_problem,
        l.event_date
    from outcome.inspection as l
    cross join (select distinct pack_id from policy.scorecard_cut) as p
    left join grade.score as s on s.entity_id = l.entity_id and s.pack_id = p.pack_id
)

select
    pack_id,
    scorecard_grade,
    count(*) as inspection_count,
    cast(sum(is_critical) as bigint) as later_critical_count,
    cast(sum(is_critical) as double) / count(*) as critical_ratio,
    cast(sum(is_problem) as double) / count(*) as problem_ratio,
    min(event_date) as first_event_date,
    max(event_date) as last_event_date
from graded
group by pack_id, scorecard_grade
order by pack_id, scorecard_grade
