"""`python -m tests.bench.messages`: real messages: events of their titles, to be judged by eye, and replies against strange ones.

Reads Parquet files of a message board that are given to it; none is part of this repository.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from models.policy.loader import Policy
from models.text.events import NONE, Rule, Texts, become, gathered
from models.text.label import Told
from models.text.reply import PARTS, Relevance, ReplyRule, concrete, polite
from models.text.terms import SIZE, rarity, terms

_POLICY = Policy.load().at(date(2026, 10, 31))
_LARGEST = 10


def events(messages: pl.DataFrame, rule: Rule) -> list[tuple[int, str]]:
    """Size and label of the largest events of titles, by the district that each begins with."""
    messages = messages.with_columns(
        pl.col("留言时间").str.replace_all("/", "-").str.to_datetime(strict=False).alias("at")
    )
    messages = messages.drop_nulls("at").sort("at")
    titles, day = messages["留言主题"], messages["at"].dt.date().to_physical().to_numpy()
    place = titles.str.extract(r"([A-Z]\d*)[市区县]").cast(pl.Categorical).to_physical().cast(pl.Int64)
    district, nobody, found = place.fill_null(NONE).to_numpy(), np.full(len(titles), NONE), terms(titles)
    texts, event, seen = Texts.of(found, district, nobody), np.full(len(titles), NONE), np.zeros(SIZE, dtype=np.int64)
    for start in np.flatnonzero(np.diff(day, prepend=-1)).tolist():
        end, since = (int(np.searchsorted(day, day[start] + n)) for n in (1, 1 - rule.window_days))
        event[start:end], merged = gathered(rule, texts.rows(since, end), event[since:start], start, seen, start)
        event = become(event, merged)
        seen += np.bincount(found[start:end].indices, minlength=SIZE)
    weights = rarity(seen, len(titles), rule.common_share)
    number, size = np.unique(event, return_counts=True)
    order = np.argsort(-size, kind="stable")[:_LARGEST]
    labels = Told.by(event, titles, weights).labels(event, titles)
    return [(int(size[n]), labels[int(number[n])]) for n in order.tolist()]


def replies(messages: pl.DataFrame, rule: ReplyRule) -> dict[str, float]:
    """Share of replies that suit their own question better than a random other one does, and means of the parts."""
    asked, said = messages["留言主题"] + "。" + messages["留言详情"], messages["答复意见"]
    other = np.roll(np.random.default_rng(1).permutation(len(said)), 1)
    strange = pl.Series(said.to_numpy()[other])
    own = Relevance.of(rule, asked, said)
    between = Relevance.of(rule, pl.concat([asked, asked]), pl.concat([said, strange])).relevant
    mine, theirs = between[: len(said)], between[len(said) :]
    return {
        "replies": len(said),
        "own is more relevant": float((mine > theirs).mean()),
        "as relevant": float((mine == theirs).mean()),
        f"mean {PARTS[0]}": float(own.relevant.mean()),
        f"mean {PARTS[1]}": float(np.mean([concrete(rule, reply)[0] for reply in said])),
        f"mean {PARTS[3]}": float(np.mean([polite(rule, reply) for reply in said])),
        "stock phrases": float((own.template_ratio >= rule.template_ratio).mean()),
    }


def main() -> int:
    """Print what the given files show."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.messages")
    parser.add_argument("--votes", type=Path, help="Parquet of messages (留言主题, 留言时间)")
    parser.add_argument("--replies", type=Path, help="Parquet of messages with replies (留言详情, 答复意见)")
    given = parser.parse_args()
    if given.votes:
        for size, label in events(pl.read_parquet(given.votes), Rule.of(_POLICY.value("text.topic"))):
            sys.stdout.write(f"{size} {label}\n")
    if given.replies:
        found = replies(pl.read_parquet(given.replies), ReplyRule.of(_POLICY.value("text.reply")))
        sys.stdout.writelines(f"{name}: {value:.3f}\n" for name, value in found.items())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
