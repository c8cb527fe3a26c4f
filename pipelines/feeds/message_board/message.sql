-- grain: one message to the board
-- source: messages_replies*.parquet and messages_open_at_*.parquet; a pending message has no reply
select
    load_no,
    row_number,
    "留言编号" as case_id,
    'message' as case_kind,
    'message' as item_code,
    '网络留言' as item_name,
    cast(null as varchar) as entity_code,
    cast(null as varchar) as entity_name,
    'board' as department_id,
    cast(null as varchar) as district_code,
    'web' as channel,
    trim("留言主题") as title,
    "留言用户" as caller_id,
    "留言时间" as opened_at,
    cast("答复时间" as varchar) as closed_at,
    cast(null as integer) as statutory_days,
    cast(null as integer) as promised_days,
    cast(null as timestamp) as extended_at,
    cast(null as varchar) as topic_code,
    cast(null as varchar) as origin_case_id,
    cast(null as varchar) as origin_kind,
    case when "答复时间" is not null then 'answered' end as outcome,
    cast(null as integer) as rating,
    cast(null as boolean) as is_supervised,
    split_part("留言时间", ' ', 1) as event_date
from delivered
