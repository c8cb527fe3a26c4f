-- grain: one month × district × risk: texts that count for entities there and speak of the risk
select
    cast(date_trunc('month', v.event_date) as date) as month,
    coalesce(e.district_code, '-') as district_code,
    max(coalesce(d.district_name, e.district_code, '-')) as district_name,
    max(coalesce(d.district_kind, 'district')) as district_kind,
    k.risk_id,
    count(*) as text_count
from text.evidence as v
join text.risk as k on k.feed_id = v.feed_id and k.text_id = v.text_id and k.known_at = v.known_at
join known.entity as e on e.entity_id = v.entity_id
left join entity.district as d on d.district_code = e.district_code
cross join policy.reporting as p
cross join run.info as r
where v.event_date >= cast(date_trunc('month', r.as_of) as date) - to_months(p.months - 1)
group by date_trunc('month', v.event_date), coalesce(e.district_code, '-'), k.risk_id
order by month, district_code, k.risk_id
