-- grain: one document of a case, all versions; laid out by case
select
    r.case_id,
    r.document_no,
    r.document_name,
    r.document_way,
    r.submitted_at,
    r.event_date,
    r.feed_id,
    r.known_at,
    r.superseded_at
from raw.case_document as r
order by r.case_id, r.document_no
