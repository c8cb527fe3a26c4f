-- grain: one reply to a message of the board
-- source: messages_replies*.parquet
select
    load_no,
    row_number,
    "留言编号" as case_id,
    'board' as department_id,
    trim("留言主题") || '。' || trim(regexp_replace("留言详情", '\s+', ' ', 'g')) as question,
    trim("答复意见") as reply,
    cast("答复时间" as varchar) as replied_at,
    split_part("答复时间", ' ', 1) as event_date
from delivered
