-- grain: one reply with the parts of its quality
select
    r.feed_id,
    r.case_id,
    r.department_id,
    coalesce(d.name, r.department_id) as department_name,
    r.event_date,
    r.reply_score,
    r.relevant_score,
    r.concrete_score,
    r.on_time_score,
    r.polite_score,
    r.template_ratio,
    r.is_template,
    r.named_kinds,
    r.excerpt
from text.reply as r
left join entity.department as d on d.department_id = r.department_id
order by r.reply_score, r.feed_id, r.case_id
