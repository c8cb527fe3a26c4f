"""The part of the fabricated snapshot that is about public texts: marts of 舆情, review queues, model cards and drift.

Figures are simple on purpose: a test works them out by hand.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
RISKS = ("food_safety", "prepaid_run_off", "price")
TEXTS = 30


def marts(cards: list[Row], places: Mapping[str, str], zones: set[str], as_of: date) -> dict[str, list[Row]]:
    """Rows by table."""
    codes = list(places)
    told = cards[:TEXTS]
    months = [date(2025 + (10 + back) // 12, (10 + back) % 12 + 1, 1) for back in range(13)]
    area = {
        "text_count": 100,
        "negative_count": 40,
        "grave_count": 9,
        "entity_count": 30,
        "negative_ratio": Decimal("0.4"),
        "text_count_before": 90,
        "negative_count_before": 45,
    }
    return {
        "mart.sentiment_month": [
            {
                "month": month,
                "district_code": code,
                "district_name": places[code],
                "text_count": 50 + n,
                "negative_count": 20,
                "positive_count": 10,
                "negative_ratio": Decimal("0.4"),
            }
            for month in months
            for n, code in enumerate(codes)
        ],
        "mart.sentiment_risk": [
            {
                "month": month,
                "district_code": code,
                "district_name": places[code],
                "district_kind": "zone" if code in zones else "district",
                "risk_id": risk,
                "text_count": n + 1,
            }
            for month in months
            for code in codes
            for n, risk in enumerate(RISKS)
        ],
        "mart.sentiment_district": [{**area, "district_code": c, "district_name": places[c]} for c in codes],
        "mart.sentiment_industry": [{**area, "industry_section": section} for section in ("F", "H", "-")],
        "mart.sentiment_entity": [_entity(card, as_of) for card in told],
        "mart.entity_text": [_text(number, card, as_of) for number, card in enumerate(told)],
        "mart.text_campaign": [_campaign(told[number], as_of) for number in range(2)],
        "mart.text_review": [_candidate(number, told[number], as_of) for number in range(14)],
        "mart.order_review": [_order(number, codes) for number in range(7)],
        "mart.text_model": [_model("sentiment", ("-1", "0", "1")), _model("category", ("010101", "010102", "020101"))],
        "mart.text_drift": [
            {
                "model_kind": kind,
                "month": month,
                "text_count": 1000,
                "class_mix": mix,
                "unsure_count": 300 if month == months[-1] else 200,
                "unsure_ratio": 0.3 if month == months[-1] else 0.2,
                "unsure_ratio_before": 0.2,
                "stability_index": 0.01,
                "is_drifted": month == months[-1],
            }
            for kind, mix in (("sentiment", "-1:400;0:200;1:400"), ("category", "-:100;01:500;02:400"))
            for month in months
        ],
    }


def _subject(card: Row) -> Row:
    return {name: card[name] for name in ("entity_id", "entity_code", "name", "district_code")}


def _entity(card: Row, as_of: date) -> Row:
    return {
        **_subject(card),
        "district_name": card["district_name"],
        "industry_section": "H",
        "text_count": 9,
        "negative_count": 5,
        "grave_count": 2,
        "negative_ratio": Decimal("0.43"),
        "collapsed_count": 3,
        "campaign_count": 0,
        "last_day": as_of,
    }


def _text(number: int, card: Row, as_of: date) -> Row:
    return {
        **_subject(card),
        "feed_id": "simulated",
        "text_id": f"WB{number:09d}",
        "event_date": as_of - timedelta(days=number),
        "channel": "review",
        "title": "避雷" if number % 3 else None,
        "text_excerpt": f"第 {number} 条：菜是馊的，老板电话…不接" + "，很久没有人来处理这件事" * 3,
        "polarity": number % 3 - 1,
        "polarity_probability": 0.93,
        "text_severity": 3,
        "risk_ids": "food_safety;price" if number % 3 == 0 else None,
        "text_weight": Decimal("0.97"),
        "collapsed_count": number % 4,
        "campaign_id": "c00000000001" if number == 0 else None,
    }


def _campaign(card: Row, as_of: date) -> Row:
    return {
        **_subject(card),
        "campaign_id": f"c{card['entity_id'] % 10**11:011d}",
        "district_name": card["district_name"],
        "started_on": as_of - timedelta(days=9),
        "ended_on": as_of - timedelta(days=6),
        "text_count": 63,
        "author_count": 6,
        "alike_ratio": 0.95,
        "negative_count": 63,
        "counted_text_count": 6,
    }


def _candidate(number: int, card: Row, as_of: date) -> Row:
    review = number // 2
    return {
        "review_id": f"r{review:011d}",
        "rank_no": number % 2 + 1,
        "feed_id": "simulated",
        "text_id": f"WB1{review:08d}",
        "event_date": as_of - timedelta(days=review),
        "channel": "forum",
        "title": None,
        "text_excerpt": f"第 {review} 条：这家店的面包发霉了",
        "polarity": -1,
        "entity_id": card["entity_id"],
        "candidate_code": card["entity_code"],
        "candidate_name": card["name"],
        "district_code": card["district_code"],
        "district_name": card["district_name"],
        "link_probability": 0.6 - 0.2 * (number % 2),
        "evidence": "brand",
    }


def _order(number: int, codes: list[str]) -> Row:
    is_sure = number % 2 == 0
    return {
        "feed_id": "simulated",
        "case_id": f"RX{number:09d}",
        "opened_at": datetime(2026, 11, 1 + number),
        "title": f"第 {number} 件：反映面包发霉",
        "district_code": codes[number % 3],
        "department_id": "D01",
        "department_name": "市场监管局",
        "item_code": "010101",
        "item_name": "市场监管·食品安全·食品变质",
        "suggested_code": "0101" if is_sure else None,
        "suggested_name": "市场监管·食品安全" if is_sure else None,
        "category_level": 2 if is_sure else 0,
        "category_probability": 0.9 if is_sure else 0.4,
        "usual_department_id": "D02" if is_sure else None,
        "usual_department_name": "卫生健康局" if is_sure else None,
        "review_cause": "other_department" if is_sure else "not_sure",
        **({} if is_sure else _OFFERED),
    }


_OFFERED = {
    "first_code": "010101",
    "first_name": "市场监管·食品安全·食品变质",
    "second_code": "010102",
    "second_name": "市场监管·食品安全·后厨脏乱",
    "third_code": "010201",
    "third_name": "市场监管·价格·乱收费",
}


def _model(kind: str, classes: tuple[str, ...]) -> Row:
    scores = {
        "accuracy": 0.8848,
        "macro_f1": 0.8807,
        "calibration_error": 0.012,
        "sure_share": 0.6924,
        "least_probability": 0.8512,
    }
    told = {
        "model_kind": kind,
        "model_version": "7d5ecade80dc",
        "data_digest": "7a1272333445e8fb",
        "example_count": 4626,
        "correction_count": 2,
        **scores,
    }
    card = {
        **told,
        "source": "invented corpus; phrases are held out whole",
        "seed": 1,
        "period": None,
        "accuracy_interval": [0.8753, 0.8939],
        "macro_f1_interval": [0.8699, 0.8905],
        "top3": 1.0,
        "classes": {
            name: {"texts": 500, "precision": 0.9, "recall": 0.88, "f1": 0.89, "f1_interval": [0.87, 0.91]}
            for name in classes
        },
    }
    return {**told, "model_card": json.dumps(card, ensure_ascii=False)}
