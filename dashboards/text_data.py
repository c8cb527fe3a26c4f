"""Named queries and lists behind the page 舆情 and the texts of an entity.

Short selects on the marts of texts; nothing is judged or counted here.
"""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboards.door import Door
from dashboards.listing import Listing, of_mart

Row = dict[str, Any]


def months(door: Door, districts: Sequence[str] = ()) -> pl.DataFrame:
    """Texts that count by month, oldest first, of all districts or those that are asked for."""
    return door.frame(
        "select month, cast(sum(text_count) as bigint) as text_count,"
        " cast(sum(negative_count) as bigint) as negative_count"
        " from mart.sentiment_month where len($asked) = 0 or district_code = any($asked) group by month order by month",
        {"asked": sorted(districts)},
    )


def risks(door: Door, districts: Sequence[str] = (), month: str = "") -> pl.DataFrame:
    """Texts that count by risk and district, of one month (ISO day of its first) or of all."""
    return door.frame(
        "select risk_id, district_code, max(district_name) as district_name, max(district_kind) as district_kind,"
        " cast(sum(text_count) as bigint) as text_count from mart.sentiment_risk"
        " where (len($asked) = 0 or district_code = any($asked))"
        " and ($month = '' or cast(month as varchar) = $month)"
        " group by risk_id, district_code order by risk_id, district_kind, district_code",
        {"asked": sorted(districts), "month": month},
    )


def category_names(door: Door) -> dict[str, str]:
    """Name of each hotline category by its code, at all three levels: 01 → field, 0102 and 010203 → its path."""
    leaves = door.frame(
        "select item_code, max(item_name) as item_name from known.case_clock"
        " where case_kind = 'hotline' and item_name is not null group by item_code order by item_code"
    )
    found: dict[str, str] = {}
    for code, name in leaves.iter_rows():
        path = name.split("·")
        for level in range(1, len(path) + 1):
            found.setdefault(code[: 2 * level], "·".join(path[:level]))
    return found


def has_texts(door: Door) -> bool:
    """Whether any source of the run delivered texts."""
    return not door.frame("select month from mart.text_drift where model_kind = 'sentiment' limit 1").is_empty()


def texts_of(door: Door, entity_id: int, most: int) -> tuple[pl.DataFrame, int]:
    """The latest texts that count for an entity, at most so many, and how many there are in all."""
    found = door.frame(
        "select *, count(*) over () as all_texts from mart.entity_text where entity_id = $entity_id"
        " order by event_date desc, feed_id, text_id limit $most",
        {"entity_id": entity_id, "most": most},
    )
    return found, int(found["all_texts"][0]) if found.height else 0


def waiting_texts(door: Door, chosen: dict[str, str], most: int) -> list[list[Row]]:
    """The latest texts whose entity a person has to name, each as its candidates, best first."""
    rows, _ = LISTINGS["text_review"].page(door, {"startRow": 0, "endRow": 100}, chosen)
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["review_id"], []).append(row)
    return list(found.values())[:most]


def waiting_orders(door: Door, chosen: dict[str, str], most: int) -> list[Row]:
    """The open orders that wait longest for a person, with the best three categories."""
    return LISTINGS["order_review"].page(door, {"startRow": 0, "endRow": most}, chosen)[0]


def cards(door: Door) -> list[Row]:
    """The card of each text model in use."""
    return [json.loads(card) for card in door.frame("select * from mart.text_model order by model_kind")["model_card"]]


def drift(door: Door, kind: str) -> pl.DataFrame:
    """Months of a kind of model against those before, oldest first."""
    return door.frame("select * from mart.text_drift where model_kind = $kind order by month", {"kind": kind})


LISTINGS: dict[str, Listing] = {
    "sentiment_district": of_mart(
        "sentiment_district",
        "district_code district_name text_count:n negative_count:n grave_count:n entity_count:n negative_ratio:n"
        " text_count_before:n negative_count_before:n",
        "negative_ratio desc nulls last, district_code",
        ("district_name",),
    ),
    "sentiment_industry": of_mart(
        "sentiment_industry",
        "industry_section text_count:n negative_count:n grave_count:n entity_count:n negative_ratio:n"
        " text_count_before:n negative_count_before:n",
        "negative_ratio desc nulls last, industry_section",
    ),
    "sentiment_entity": of_mart(
        "sentiment_entity",
        "entity_id:id entity_code name district_code district_name industry_section text_count:n negative_count:n"
        " grave_count:n negative_ratio:n collapsed_count:n campaign_count:n last_day:d",
        "negative_count desc, grave_count desc, entity_id",
        ("name", "entity_code"),
    ),
    "entity_text": of_mart(
        "entity_text",
        "feed_id text_id entity_id:id entity_code name district_code event_date:d channel title text_excerpt polarity"
        " polarity_probability:n text_severity:n risk_ids text_weight:n collapsed_count:n campaign_id",
        "event_date desc, feed_id, text_id, entity_id",
        ("name", "text_excerpt", "title", "risk_ids"),
    ),
    "text_review": of_mart(
        "text_review",
        "review_id rank_no:n feed_id text_id event_date:d channel title text_excerpt polarity entity_id:id"
        " candidate_code candidate_name district_code district_name link_probability:n evidence",
        "event_date desc, review_id, rank_no",
        ("candidate_name", "text_excerpt", "title", "review_id"),
    ),
    "order_review": of_mart(
        "order_review",
        "case_id opened_at:d title district_code department_id department_name item_code item_name review_cause"
        " suggested_code suggested_name category_probability:n usual_department_id usual_department_name"
        " first_code first_name second_code second_name third_code third_name",
        "opened_at, case_id",
        ("case_id", "title", "item_name", "suggested_name", "first_name"),
    ),
    "text_campaign": of_mart(
        "text_campaign",
        "campaign_id entity_id:id entity_code name district_code district_name started_on:d ended_on:d text_count:n"
        " author_count:n alike_ratio:n negative_count:n counted_text_count:n",
        "ended_on desc, campaign_id",
        ("name", "entity_code"),
    ),
}
