"""How good the text models are on real labelled files: `python -m tests.bench.text --data DIR [--only PART]`.

DIR holds `tipdm_hotline` and `zh_sentiment`. Texts are made unique before anything is split; what tests is never seen in
training, nor in choosing a plan or calibrating, which go by training texts alone. Nothing of these files is kept.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import numpy as np
import numpy.typing as npt
import polars as pl

from models.text.adapting import with_signs
from models.text.letters import fold
from models.text.linear import LinearModel, Probabilities
from models.text.measures import Scores, scores
from models.text.own import SHIPPED
from models.text.training import Examples, parts
from warehouse.text.classifying import fields_of, probabilities

FOLDS = 5
Places = npt.NDArray[np.int64]


def read(
    kind: str, path: Path, text: str, label: str, title: str | None = None, other: str | None = None
) -> tuple[Examples, list[str]]:
    """Labelled texts, each body once, and the value of another column beside each."""
    frame = pl.read_parquet(path).with_columns(folded=pl.Series(fold(pl.read_parquet(path)[text].to_list()).strings()))
    frame = frame.filter(pl.col("folded") != "").unique("folded", keep="first", maintain_order=True)
    named = frame.select(pl.col(text).alias("text"), *([pl.col(title).alias("title")] if title else []))
    examples = Examples.of(fields_of(kind, named), frame[label].cast(pl.String).to_list())
    return examples, frame[other].to_list() if other else []


def answered(kind: str, examples: Examples, tested: Places) -> Probabilities:
    """What a model of all other examples says of those tested."""
    others = np.setdiff1d(np.arange(len(examples.labels)), tested)
    found, _ = probabilities(kind, examples.rows(others), examples.rows(tested).texts)
    return found


def crossed(kind: str, examples: Examples, seed: int) -> Scores:
    """Every example is tested once."""
    part = parts(examples, FOLDS, seed)
    found = np.zeros((len(part), len(examples.classes)))
    for number in range(FOLDS):
        here = np.flatnonzero(part == number)
        found[here] = answered(kind, examples, here)
    return scores(examples.labels, found)


def held_out(kind: str, examples: Examples, seed: int) -> Scores:
    """A fifth is tested."""
    here = np.flatnonzero(parts(examples, FOLDS, seed) == 0)
    return scores(examples.labels[here], answered(kind, examples, here))


def figures(data: Path, only: str) -> Iterator[tuple[str, Scores]]:
    """Name and scores of each measurement."""
    hotline = data / "tipdm_hotline" / "labelled_category_lt2018.parquet"
    if only in ("", "category"):
        examples, _ = read("category", hotline, "留言详情", "一级标签", "留言主题")
        for seed in (1, 2, 3):
            yield f"category, 5 folds, seed {seed}", crossed("category", examples, seed)
        examples, _ = read("category", hotline, "留言详情", "一级标签")
        yield "category, 5 folds, body without title", crossed("category", examples, 1)
    sentiment = data / "zh_sentiment"
    for name, file in (("takeaway", "waimai_10k"), ("hotel", "chnsenticorp_hotel"), ("posts", "weibo_senti_2400")):
        if only in ("", name):
            examples, _ = read("sentiment", sentiment / f"{file}.parquet", "review", "label")
            yield f"{name}, 5 folds", crossed("sentiment", examples, 1)
            yield f"{name}, a fifth held out", held_out("sentiment", examples, 1)
    if only in ("", "own"):
        model = LinearModel.load(SHIPPED / "sentiment.npz")
        for file in ("waimai_10k", "chnsenticorp_hotel", "online_shopping_8_cats"):
            examples, _ = read("sentiment", sentiment / f"{file}.parquet", "review", "label")
            said = model.probabilities(with_signs(examples.texts))[:, [0, 2]]  # of blame and of praise
            yield f"shipped model: {file}", scores(examples.labels, said / said.sum(axis=1, keepdims=True))
    if only in ("", "shopping", "unseen"):
        examples, kinds = read(
            "sentiment", sentiment / "online_shopping_8_cats.parquet", "review", "label", other="cat"
        )
        if only != "unseen":
            yield "shopping, a fifth held out", held_out("sentiment", examples, 1)
        if only != "shopping":
            kind_of = np.asarray(kinds)
            for kind in sorted(set(kinds)):
                here = np.flatnonzero(kind_of == kind)
                yield f"never seen: {kind}", scores(examples.labels[here], answered("sentiment", examples, here))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--only", default="", help="category, takeaway, hotel, posts, own, shopping or unseen")
    given = asked.parse_args()
    began = process_time()
    for name, found in figures(given.data, given.only):
        spent, began = process_time() - began, process_time()
        print(  # noqa: T201 (a report for who measures)
            f"{name:40} rows {found.rows:6,}  accuracy {found.accuracy:.4f}  macro-F1 {found.macro_f1:.4f}"
            f"  top-3 {found.top3:.4f}  ECE {found.calibration_error:.4f}  alone at 95 % {found.coverage:.3f}"
            f"  {spent:.0f} CPU s",
            flush=True,
        )


if __name__ == "__main__":
    main()
