-- grain: one department and month: means over its replies
select
    r.department_id,
    max(r.department_name) as department_name,
    cast(date_trunc('month', r.event_date) as date) as month,
    count(*) as reply_count,
    cast(cast(sum(r.reply_score) as double) / count(*) as decimal(9, 2)) as reply_score,
    cast(cast(sum(r.relevant_score) as double) / count(*) as decimal(9, 2)) as relevant_score,
    cast(cast(sum(r.concrete_score) as double) / count(*) as decimal(9, 2)) as concrete_score,
    cast(cast(sum(r.on_time_score) as double) / count(*) as decimal(9, 2)) as on_time_score,
    cast(cast(sum(r.polite_score) as double) / count(*) as decimal(9, 2)) as polite_score,
    count(*) filter (where r.is_template) as template_count
from mart.reply as r
group by r.department_id, date_trunc('month', r.event_date)
order by r.department_id, month
