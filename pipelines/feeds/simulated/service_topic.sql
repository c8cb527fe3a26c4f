-- grain: one bundle of items (一件事)
-- source: service_topic.xlsx of the approvals office
select
    load_no,
    row_number,
    "主题编号" as topic_code,
    "主题名称" as name,
    "所含事项" as item_codes,
    "生效日期" as event_date
from delivered
