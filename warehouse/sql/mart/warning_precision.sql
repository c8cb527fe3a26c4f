-- grain: one kind and level of warning: how many of those that the last reporting year would have seen came true
with judged as (
    -- warned while a case was open with no more than the threshold left; true when it went over its limit
    select
        'overdue' as warning_kind, w.level_no,
        coalesce(c.promised_limit, c.statutory_limit) - c.used_count < w.at_most as is_issued,
        c.used_count > coalesce(c.promised_limit, c.statutory_limit) as is_confirmed
    from known.case_clock as c
    cross join run.info as r
    cross join policy.reporting as p
    join policy.warning_level as w on w.warning_kind = 'overdue'
    where c.closed_on > r.as_of - p.year_days and c.counts_as is distinct from 'void' and c.used_count is not null
    union all
    select
        case b.stream when 'hotline' then 'burst' else 'complaint_burst' end as warning_kind, w.level_no, b.peak_score >= w.at_least as is_issued, b.is_confirmed
    from mart.burst as b
    join policy.warning_level as w on w.warning_kind = case b.stream when 'hotline' then 'burst' else 'complaint_burst' end
    where b.is_confirmed is not null
    union all
    -- warned that many days before a licence ended unless a later one stood by then; true when none came until its end
    select
        'licence' as warning_kind, w.level_no,
        l.renewed_on is null or l.renewed_on > l.expires_on - w.at_most as is_issued,
        l.renewed_on is null or l.renewed_on > l.expires_on as is_confirmed
    from (
        select
            k.expires_on,
            lead(k.event_date) over (partition by k.entity_id, k.licence_kind order by k.expires_on, k.event_date, k.licence_id) as renewed_on
        from known.licence as k
        where k.entity_id is not null and k.expires_on is not null
    ) as l
    cross join run.info as r
    cross join policy.reporting as p
    join policy.warning_level as w on w.warning_kind = 'licence'
    where l.expires_on > r.as_of - p.year_days and l.expires_on <= r.as_of
    union all
    -- warned once a penalty was so long unpublished; true when it was published late or not at all
    select
        'publication' as warning_kind, w.level_no, f.used_count >= w.at_least as is_issued, f.used_count > l.limit_workdays as is_confirmed
    from (
        select n.event_date, e.workday_no - s.workday_no as used_count
        from known.penalty as n
        cross join run.info as r
        left join (
            select published_id, min(event_date) as published_on from known.publication where published_kind = 'penalty' group by published_id
        ) as u on u.published_id = n.penalty_id
        join policy.workday as s on s.day = n.event_date
        join policy.workday as e on e.day = coalesce(u.published_on, r.as_of)
        where exists (select 1 from known.publication)
    ) as f
    join policy.publication_limit as l on l.published_kind = 'penalty'
    cross join run.info as r
    cross join policy.reporting as p
    join policy.warning_level as w on w.warning_kind = 'publication'
    where f.event_date > r.as_of - p.year_days and f.event_date <= r.as_of - 2 * l.limit_workdays
)

select
    j.warning_kind,
    w.warning_level,
    j.level_no,
    count(*) filter (where j.is_issued) as issued_count,
    count(*) filter (where j.is_issued and j.is_confirmed) as confirmed_count,
    cast(cast(count(*) filter (where j.is_issued and j.is_confirmed) as double) / nullif(count(*) filter (where j.is_issued), 0) as decimal(9, 6)) as precision_ratio
from judged as j
join policy.warning_level as w on w.warning_kind = j.warning_kind and w.level_no = j.level_no
group by j.warning_kind, w.warning_level, j.level_no
having count(*) filter (where j.is_issued) > 0
order by j.warning_kind, j.level_no
