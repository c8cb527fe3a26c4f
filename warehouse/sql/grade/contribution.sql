-- grain: one entity × scorecard × indicator; contributions of a scorecard sum to its score exactly
-- whole millionths throughout, as models.scorecard does (points lie in 0–100, so that 64 bits hold every product);
-- entities off the register are not graded; rows come in the order of known.entity
with asked as (
    select
        e.entity_id,
        s.pack_id,
        s.indicator_id,
        s.group_id,
        s.is_text,
        s.weight_micro,
        s.missing_points_micro,
        v.indicator_value,
        cast(v.indicator_value * 1000000 as bigint) as value_micro,
        v.evidence_count,
        v.first_evidence,
        v.last_evidence,
        v.expires_on
    from known.entity as e
    cross join policy.scorecard_indicator as s
    left join indicator.value as v on v.entity_id = e.entity_id and v.indicator_id = s.indicator_id
    where e.status in ('active', 'revoked')
),

pointed as (
    select
        a.*,
        case
            when a.value_micro is null then a.missing_points_micro
            else g.points_micro + half_even(g.slope_micro * (a.value_micro - g.lower_micro), 1000000)
        end as points_micro
    from asked as a
    left join policy.scorecard_segment as g
        on
            g.pack_id = a.pack_id
            and g.indicator_id = a.indicator_id
            and a.value_micro >= g.lower_micro
            and (g.upper_micro is null or a.value_micro < g.upper_micro)
)

select
    entity_id,
    pack_id,
    indicator_id,
    group_id,
    is_text,
    indicator_value,
    micro(points_micro) as points,
    cast(micro(weight_micro) as decimal(9, 6)) as weight,
    micro(half_even(weight_micro * points_micro, 1000000)) as contribution,
    micro(half_even(weight_micro * case when is_text then missing_points_micro else points_micro end, 1000000))
        as contribution_without_text,
    evidence_count,
    first_evidence,
    last_evidence,
    expires_on
from pointed
