-- grain: one warning in force on the as-of day; its level is the highest whose threshold it reaches
with found as (
    -- a clock of days that still runs and is near or beyond its limit
    select
        'overdue' as warning_kind,
        k.case_id || ':' || k.clock_id as subject_id,
        n.kind_zh || ' ' || k.case_id || '（' || d.clock_zh || '）' as subject_name,
        c.district_code, cast(null as varchar) as industry_code, c.entity_id, c.department_id,
        cast(coalesce(k.promised_limit, k.statutory_limit) - k.used_count as double) as measured,
        1 as evidence_count,
        coalesce(c.item_name, c.item_code) || '：已用 ' || k.used_count || '，时限 ' || coalesce(k.promised_limit, k.statutory_limit)
        || case k.clock_tick when 'workday' then ' 个工作日' else ' 日' end as evidence_zh,
        c.opened_on as first_seen_on,
        coalesce(k.promised_limit, k.statutory_limit) - k.used_count as days_left
    from known.clock as k
    join known.case_clock as c on c.feed_id = k.feed_id and c.case_id = k.case_id
    join policy.case_kind as n on n.case_kind = k.case_kind
    join policy.case_clock as d on d.case_kind = k.case_kind and d.clock_id = k.clock_id
    where k.stopped_at is null and c.closed_on is null and k.clock_tick <> 'minute' and k.used_count is not null
    union all
    select
        case b.stream when 'hotline' then 'burst' else 'complaint_burst' end, b.topic_code || ':' || b.district_code,
        b.topic_name || ' · ' || b.district_name, b.district_code, case b.stream when 'complaint' then b.topic_code end, null, null, b.peak_score, b.peak_count,
        '几日内最多 ' || b.peak_count || ' 件，预期 ' || round(b.expected_count, 1) || ' 件', b.first_seen_on, null
    from mart.burst as b
    where b.is_current
    union all
    select
        'licence', l.licence_kind || ':' || coalesce(l.district_code, '') || ':' || l.reminder_days,
        l.licence_kind || ' · ' || coalesce(min(d.district_name), l.district_code, '区划不明'), l.district_code, null, null, min(l.department_id), cast(min(l.days_left) as double), count(*),
        count(*) || ' 张许可证 ' || l.reminder_days || ' 日内到期，尚未延续', null, min(l.days_left)
    from mart.licence_expiry as l
    left join entity.district as d on d.district_code = l.district_code
    group by l.licence_kind, l.district_code, l.reminder_days
    union all
    select
        'publication', u.penalty_id, '行政处罚公示 ' || u.penalty_id, null, null, u.entity_id, u.department_id, cast(u.used_count as double), 1,
        '作出决定后 ' || u.used_count || ' 个工作日未公示，时限 ' || u.statutory_limit || ' 个工作日', u.decided_on, u.statutory_limit - u.used_count
    from mart.publication_due as u
    where u.published_on is null
    union all
    select
        'satisfaction', s.department_id, s.department_name || ' 满意率下降', null, null, null, s.department_id, s.excess_score, s.rated_count,
        '近期 ' || s.satisfied_count || '/' || s.rated_count || '，此前 ' || s.satisfied_count_before || '/' || s.rated_count_before, null, null
    from mart.satisfaction_fall as s
    union all
    select
        'source', a.feed_id || ':' || a.source_id, a.source_name || ' 逾期未报', null, null, null, null, cast(a.age_days - c.days as double), 1,
        '最近事件 ' || coalesce(cast(a.last_event_date as varchar), '无') || '，容许间隔 ' || c.days || ' 日', a.last_event_date, c.days - a.age_days
    from mart.data_age as a
    join policy.cadence as c on c.cadence = a.cadence
    where a.is_late
    union all
    -- a rising event has to be answered within days of the first text; the department of its orders owns it
    select
        'topic', t.event_id, t.event_label || ' · ' || t.district_name, t.district_code, null, t.entity_id, coalesce(t.department_id, p.owner_department_id), cast(t.heat_score as double), t.text_count,
        t.author_count || ' 人 ' || t.text_count || ' 条（工单 ' || t.order_count || '、转发 ' || t.repost_items || '），热度 ' || t.heat_score || '，升温 ' || t.growth_score, t.rose_on, t.respond_by - r.as_of
    from mart.topic as t
    cross join policy.topic as p
    cross join run.info as r
    where t.is_rising
),

levelled as (
    select
        f.*,
        (
            select min(w.level_no)
            from policy.warning_level as w
            where w.warning_kind = f.warning_kind and (f.measured >= w.at_least or f.measured <= w.at_most)
        ) as level_no
    from found as f
)

select
    substr(sha256(l.warning_kind || '|' || l.subject_id), 1, 12) as warning_id,
    l.warning_kind, w.warning_level, l.level_no, l.subject_id, l.subject_name, l.district_code, l.industry_code, l.entity_id,
    coalesce(a.department_id, l.department_id) as department_id,  -- whom it was handed to owns it
    coalesce(n.name, a.department_id, l.department_id) as department_name, l.measured, cast(l.evidence_count as bigint) as evidence_count, l.evidence_zh, l.first_seen_on,
    cast(l.days_left as bigint) as days_left,
    coalesce(a.warning_action, 'new') as warning_state, a.decided_at
from levelled as l
join policy.warning_level as w on w.warning_kind = l.warning_kind and w.level_no = l.level_no
left join known.warning_action as a on a.warning_id = substr(sha256(l.warning_kind || '|' || l.subject_id), 1, 12)
left join entity.department as n on n.department_id = coalesce(a.department_id, l.department_id)
order by l.level_no, l.warning_kind, l.subject_id
