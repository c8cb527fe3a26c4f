"""The models that ship: what their files say is what training gives, and cards tell what was measured.

Not here: single texts (test_text_reading.py).
"""

import numpy as np
import pytest

from models.text.corpus import corpus
from models.text.linear import LinearModel
from models.text.measures import calibration_error, coverage, f1, interval, scores
from models.text.own import KINDS, SHIPPED, Labelled, data_digest, examples_of, read_card, train_own
from pipelines.feeds.simulated.categories import leaves


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_model_is_the_one_that_training_gives(kind: str) -> None:
    card = read_card(SHIPPED, kind)
    assert card is not None
    told = f"train it again: mingcha train {kind} --out models/text/trained"
    assert card["data_digest"] == data_digest(kind, ()), told
    shipped = LinearModel.load(SHIPPED / f"{kind}.npz")
    assert shipped.version == card["model_version"]
    trained, again = train_own(kind)
    texts = examples_of(kind, corpus(kind).texts)
    # Another processor may round the last digit of a weight otherwise; answers stay.
    assert np.mean(shipped.margins(texts).argmax(axis=1) == trained.margins(texts).argmax(axis=1)) > 0.999
    assert again["accuracy"] == pytest.approx(card["accuracy"], abs=0.005)


@pytest.mark.parametrize(("kind", "accuracy", "error"), [("sentiment", 0.86, 0.03), ("category", 0.62, 0.03)])
def test_phrases_never_seen_are_answered_as_well_as_the_card_says(kind: str, accuracy: float, error: float) -> None:
    card = read_card(SHIPPED, kind)
    assert card is not None
    assert card["accuracy"] >= accuracy
    assert card["calibration_error"] <= error
    low, high = card["accuracy_interval"]
    assert low < card["accuracy"] < high
    assert sum(one["texts"] for one in card["classes"].values()) == card["example_count"]


def test_the_corpus_has_every_leaf_and_is_the_same_each_time() -> None:
    assert set(corpus("category").labels) == set(leaves().code)
    assert corpus("sentiment").texts == corpus("sentiment").texts != corpus("sentiment", seed=2).texts


def test_corrections_make_another_model_that_follows_them() -> None:
    corrections = [Labelled(f"瓦罐鸡汤有{n}股怪味", "1", f"2026-10-0{n}") for n in range(1, 6)]
    assert data_digest("sentiment", corrections) != data_digest("sentiment", ())
    model, card = train_own("sentiment", corrections)
    assert card["correction_count"] == 5
    assert card["period"] == ["2026-10-01", "2026-10-05"]
    assert model.classes[model.margins(examples_of("sentiment", ["瓦罐鸡汤有6股怪味"])).argmax()] == "1"


def test_measures_on_numbers_worked_out_by_hand() -> None:
    truth = np.array([0, 0, 1, 2])
    found = np.array([[0.9, 0.1, 0.0], [0.4, 0.6, 0.0], [0.2, 0.8, 0.0], [0.5, 0.2, 0.3]])
    assert f1(truth, found.argmax(axis=1), 3).tolist() == pytest.approx([0.5, 2 / 3, 0])
    measured = scores(truth, found)
    assert (measured.accuracy, measured.top3) == (0.5, 1.0)
    # bins: 0.9 right, 0.6 wrong, 0.8 right, 0.5 wrong
    assert measured.calibration_error == pytest.approx((0.1 + 0.6 + 0.2 + 0.5) / 4)
    assert (measured.coverage, coverage(np.array([True, True, False, False]), found.max(axis=1), 0.95)) == (
        0.5,
        (0.25, 0.9),
    )
    assert coverage(np.array([False]), np.array([0.9]), 0.95) == (0.0, 1.0)
    assert coverage(np.array([True, False, True]), np.array([0.7, 0.7, 0.7]), 0.6) == (1.0, 0.7)
    assert calibration_error(np.array([True] * 3 + [False]), np.full(4, 0.75)) == 0
    low, high = interval(lambda rows: float(np.mean(rows < 50)), 100, seed=1)
    assert 0.38 < low < 0.47
    assert 0.53 < high < 0.62
