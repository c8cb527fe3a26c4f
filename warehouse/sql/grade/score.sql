-- grain: one entity × scorecard
-- the grade may lie at most one step from the grade without texts; vetoes then hold it down
with total as (
    select
        entity_id,
        pack_id,
        sum(contribution) as scorecard_score,
        sum(contribution_without_text) as score_without_text
    from grade.contribution
    group by entity_id, pack_id
),

graded as (
    select
        t.entity_id,
        t.pack_id,
        t.scorecard_score,
        c.grade_no as grade_by_score_no,
        w.grade_no as grade_without_text_no
    from total as t
    join policy.scorecard_cut as c
        on
            c.pack_id = t.pack_id
            and t.scorecard_score * 1000000 >= c.lower_micro
            and (c.upper_micro is null or t.scorecard_score * 1000000 < c.upper_micro)
    join policy.scorecard_cut as w
        on
            w.pack_id = t.pack_id
            and t.score_without_text * 1000000 >= w.lower_micro
            and (w.upper_micro is null or t.score_without_text * 1000000 < w.upper_micro)
),

held as (
    select
        entity_id,
        pack_id,
        max(worst_grade_no) as worst_grade_no,
        string_agg(reason_zh, '；' order by veto_id) as veto_reasons
    from grade.veto
    group by entity_id, pack_id
),

decided as (
    select
        g.entity_id,
        g.pack_id,
        g.scorecard_score,
        h.veto_reasons,
        greatest(
            least(greatest(g.grade_by_score_no, g.grade_without_text_no - 1), g.grade_without_text_no + 1),
            coalesce(h.worst_grade_no, 1)
        ) as grade_no
    from graded as g
    left join held as h on h.entity_id = g.entity_id and h.pack_id = g.pack_id
)

select
    d.entity_id,
    d.pack_id,
    cast(d.scorecard_score as decimal(18, 6)) as scorecard_score,
    c.grade as scorecard_grade,
    d.veto_reasons
from decided as d
join policy.scorecard_cut as c on c.pack_id = d.pack_id and c.grade_no = d.grade_no
order by d.entity_id, d.pack_id
