"""What the page 舆情 shows of each list: columns, titles and words.

Not here: the queries (`text_data.py`) and where a list stands (`pages/texts.py`).
"""

from dashboards.approval_lists import count, day, share, text
from dashboards.components.grid import column
from dashboards.listed import Listed

_AREA = [
    count("text_count", "条数", 76),
    count("negative_count", "负面", 76),
    count("grave_count", "严重", 76),
    share("negative_ratio", "负面占比", 92),
    count("text_count_before", "上期条数", 92),
    count("negative_count_before", "上期负面", 92),
]
DISTRICTS = Listed(
    "sentiment_district",
    "各区县与功能区",
    "个区域",
    [text("district_name", "区县", 104, flex=1), *_AREA],
    "近 180 日没有计入主体的舆情。",
    "近 180 日 · 占比已收缩，高的在前",
    most_rows=9,
    is_half=True,
)
INDUSTRIES = Listed(
    "sentiment_industry",
    "各行业门类",
    "个门类",
    [text("industry_section", "行业门类", 104, flex=1), *_AREA],
    "近 180 日没有计入主体的舆情。",
    "全辖区 · 近 180 日",
    most_rows=9,
    is_half=True,
)
ENTITIES = Listed(
    "sentiment_entity",
    "负面舆情最多的主体",
    "户",
    [
        column("name", "主体", 220, cellRenderer="EntityLink", flex=2),
        text("district_name", "区县", 104),
        text("industry_section", "行业门类", 104),
        count("text_count", "条数", 76),
        count("negative_count", "负面", 76),
        count("grave_count", "严重", 76),
        share("negative_ratio", "负面占比", 96),
        count("collapsed_count", "并入转发", 96),
        count("campaign_count", "涉及刷评", 96),
        day("last_day", "最近负面"),
    ],
    "近 180 日没有负面舆情。",
    "近 180 日 · 转发并入首发，刷评每名作者至多计一条",
)
TEXTS = Listed(
    "entity_text",
    "计入主体的文本",
    "条",
    [
        day("event_date", "日期"),
        text("channel", "渠道", 80),
        column("name", "主体", 180, cellRenderer="EntityLink", flex=1),
        text("title", "标题", 100),
        text("text_excerpt", "摘录", 300, flex=2),
        text("polarity", "倾向", 72),
        share("polarity_probability", "把握", 84),
        count("text_severity", "严重", 72),
        text("risk_ids", "风险标签", 130),
        share("text_weight", "权重", 84),
        count("collapsed_count", "转发", 72),
    ],
    "近 180 日没有计入主体的舆情。",
    "近 180 日 · 账号与长串数字已遮盖",
)
CAMPAIGNS = Listed(
    "text_campaign",
    "集中刷评",
    "起",
    [
        column("name", "主体", 220, cellRenderer="EntityLink", flex=1),
        text("district_name", "区县", 104),
        day("started_on", "起"),
        day("ended_on", "止"),
        count("text_count", "文本", 76),
        count("author_count", "作者", 76),
        share("alike_ratio", "彼此相似", 96),
        count("negative_count", "负面", 76),
        count("counted_text_count", "其中计入", 96),
    ],
    "近 365 日没有识别出刷评。",
    "只作核查线索，不作结论",
    most_rows=8,
)
LINKS = Listed(
    "text_review",
    "全部候选",
    "个候选",
    [
        column("review_id", "核对编号", 126, cellClass="code"),
        day("event_date", "日期"),
        text("text_excerpt", "摘录", 260, flex=2),
        text("polarity", "倾向", 72),
        column("candidate_name", "候选主体", 200, cellRenderer="EntityLink", flex=1),
        column("candidate_code", "代码", 176, cellClass="code"),
        text("district_name", "区县", 104),
        share("link_probability", "概率", 84),
        text("evidence", "依据", 104),
    ],
    "没有待核对的文本。",
)
ORDERS = Listed(
    "order_review",
    "全部待核对工单",
    "件",
    [
        column("case_id", "工单编号", 140, cellClass="code"),
        text("title", "标题", 140),
        text("review_cause", "原因", 104),
        text("item_name", "登记类别", 180, flex=1),
        text("suggested_name", "建议类别", 180, flex=1),
        share("category_probability", "把握", 84),
        text("department_name", "承办部门", 130),
        text("usual_department_name", "通常承办", 130),
        text("first_name", "候选一", 150),
        text("second_name", "候选二", 150),
        text("third_name", "候选三", 150),
    ],
    "没有待核对的工单。",
)
