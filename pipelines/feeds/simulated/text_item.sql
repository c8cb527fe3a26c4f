-- grain: one public text
-- source: text_item_<year>[_<part>].parquet of the sentiment watch; local instants
select
    load_no,
    row_number,
    "文本编号" as text_id,
    case "渠道"
        when '点评' then 'review'
        when '微博' then 'microblog'
        when '论坛' then 'forum'
        when '短视频' then 'video'
        when '新闻跟帖' then 'news'
        else "渠道"
    end as channel,
    "主体名称" as entity_name,
    "区划代码" as district_code,
    "标题" as title,
    "正文" as body,
    "作者标识" as author_id,
    "点赞数" as like_count,
    "评论数" as comment_count,
    "转发数" as repost_count,
    "发布时间" as published_at,
    cast("发布时间" as date) as event_date
from delivered
