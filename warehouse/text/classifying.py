"""Answers for a file of texts, by a model learnt from labelled files: `mingcha classify`.

Not here: reading files (files.py) and learning (models/text/training.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from models.text.adapting import adapted, is_strange, with_signs
from models.text.card import card
from models.text.features import Fields, Plan, fields
from models.text.linear import LinearModel, Probabilities, best, named
from models.text.measures import Scores, scores
from models.text.own import KINDS, RECIPES, examples_of
from models.text.topics import with_topics
from models.text.training import Examples, Recipe, train
from warehouse.text import files
from warehouse.text.files import Columns, TextFileError

_FOLDS, _FEWER_FOLDS, _MANY_ROWS = 5, 3, 20_000


def recipe(kind: str, rows: int) -> Recipe:
    """Return how a model for real files is learnt: a little time for accuracy, n-grams damped, nothing left out."""
    folds = _FOLDS if rows <= _MANY_ROWS else _FEWER_FOLDS
    if kind == "sentiment":
        return Recipe((Plan(orders=(1, 2, 3)),), 0.5, is_balanced=False, folds=folds)
    plans = (Plan(orders=(1, 2)), Plan(orders=(1, 2, 3))) if rows <= _MANY_ROWS else (Plan(orders=(1, 2, 3), least=2),)
    return Recipe(plans, 1.0, is_balanced=True, folds=folds)


def classify(
    kind: str,
    train_files: Sequence[Path],
    in_file: Path,
    text: str,
    label: str,
    titles: Sequence[str] | None = None,
    top: int = 1,
) -> tuple[pl.DataFrame, Scores]:
    """Return `row` (from 1), `label` and `probability` of every row of a file, and the scores on held-out labels.

    With `top` above one `label_2`, `probability_2` and so on follow. Titles are recognised by name unless given.

    Raises:
        TextFileError: a file cannot be read, lacks a column or has other labels than the others.
        TrainingError: fewer than two labels.
    """
    if kind not in KINDS:
        raise ValueError(f"a kind is one of {', '.join(KINDS)}, not {kind!r}")
    beside = files.known_titles([*train_files, in_file], text) if titles is None else tuple(titles)
    labelled = _labelled(train_files, Columns(text, label, beside))
    asked = files.read(in_file, Columns(text, None, beside))
    examples = Examples.of(fields_of(kind, labelled), labelled["label"].to_list())
    found, held_out = probabilities(kind, examples, fields_of(kind, asked))
    answer = _answers(found, examples.classes, top).with_row_index("row", offset=1)
    return answer, scores(examples.labels, held_out)


def train_for_use(kind: str, files: Sequence[Path], text: str, label: str) -> tuple[LinearModel, dict[str, Any]]:
    """Return a model for the warehouse learnt from labelled files, and its card.

    Raises:
        TextFileError: a file cannot be read, lacks a column or has other labels than the others.
        TrainingError: fewer than two labels.
    """
    told = _labelled(files, Columns(text, label))
    examples = Examples.of(examples_of(kind, told["text"].to_list()), told["label"].to_list())
    model, held_out = train(examples, RECIPES[kind])
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
    about = {"model_kind": kind, "source": [path.name for path in files], "data_digest": digest}
    seed = RECIPES[kind].seed
    return model, about | {"seed": seed} | card(model, examples.labels, held_out, seed)


def probabilities(kind: str, examples: Examples, asked: Fields) -> tuple[Probabilities, Probabilities]:
    """Return what a model learnt from examples says of the texts asked, and of the examples while held out.

    Sentiment of texts that are strange to the examples is read by a model that has been adapted to them.
    """
    how = recipe(kind, len(examples.labels))
    model, held_out = train(examples, how)
    if kind == "sentiment" and is_strange(model, asked, held_out):
        model = adapted(examples, asked, how)
        asked = with_signs(asked)
    return model.probabilities(asked), held_out


def _labelled(paths: Sequence[Path], columns: Columns) -> pl.DataFrame:
    read: list[pl.DataFrame] = []
    for path in paths:
        frame = files.read(path, columns).filter(pl.col("label").is_not_null() & (pl.col("label") != ""))
        kinds = [set(one["label"]) for one in (*read[:1], frame)]
        # A file for each label is usual; two codings of the same labels are not.
        if min(map(len, kinds)) > 1 and not set.intersection(*kinds):
            told = [", ".join(sorted(kind)[:5]) for kind in kinds]
            raise TextFileError(f"{path} shares no label with {paths[0]}: {told[1]} against {told[0]}")
        read.append(frame)
    return pl.concat(read)


def fields_of(kind: str, frame: pl.DataFrame) -> Fields:
    """Return what a model of a kind reads of columns `text` and, where there is one, `title`."""
    told = fields(frame["text"].to_list(), frame["title"].to_list() if "title" in frame.columns else None)
    return with_topics(told) if kind == "category" else told


def _answers(probabilities: Probabilities, classes: Sequence[str], top: int) -> pl.DataFrame:
    places = best(probabilities, min(top, len(classes)))
    columns = {}
    for number in range(places.shape[1]):
        tail = f"_{number + 1}" if number else ""
        columns[f"label{tail}"] = pl.Series(named(classes, places[:, number]).tolist(), dtype=pl.String)
        chosen = probabilities[range(len(places)), places[:, number]]
        columns[f"probability{tail}"] = pl.Series(chosen).round(6)
    return pl.DataFrame(columns)
