"""N-grams, features, models: against slow and plain versions of the same, and from file to file.

Not here: how good a model is on real texts.
"""

import dataclasses
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.features import Features, Plan, fields
from models.text.letters import fold
from models.text.linear import LinearModel, ModelError
from models.text.ngrams import counts
from models.text.training import Examples, Recipe, TrainingError, parts, train

GOOD = [
    f"{a}{b}"
    for a in ("菜很新鲜", "服务热情", "非常满意", "价格实惠")
    for b in ("", "，下次还来", "，推荐", "！", "，店里干净")
]
BAD = [
    f"{a}{b}"
    for a in ("菜是馊的", "态度恶劣", "非常失望", "乱收费")
    for b in ("", "，再也不来", "，差评", "！", "，店里很脏")
]
RECIPE = Recipe((Plan(bits=16, orders=(1, 2)),), folds=4)
texts = st.lists(st.text(alphabet="菜很好吃坏ab，", max_size=7), min_size=1, max_size=5)


def examples(weights: list[float] | None = None) -> Examples:
    given_weights = None if weights is None else np.array(weights)
    return Examples.of(fields(GOOD + BAD), ["good"] * len(GOOD) + ["bad"] * len(BAD), given_weights)


@given(texts, st.integers(1, 4))
def test_ngrams_are_those_of_a_plain_loop(given_texts: list[str], order: int) -> None:
    folded = fold(given_texts)
    found = counts(folded, order, 20, merge=True)
    for row, text in enumerate(folded.strings()):
        edged = f"\x02{text}\x02"
        expected = Counter(edged[at : at + order] for at in range(len(edged) - order + 1))
        assert sorted(found[row].data) == sorted(expected.values()) or len(found[row].data) < len(expected)
        assert found[row].sum() == sum(expected.values())
    assert (counts(folded, order, 20, merge=False) != found).nnz == 0


def test_equal_ngrams_have_one_column_and_others_another() -> None:
    found = counts(fold(["好吃好吃", "好吃", "难喝"]), 2, 20, merge=True)
    shared = set(found[0].indices) & set(found[1].indices)
    assert len(shared) == 3  # its beginning, 好吃 and its end
    assert not set(found[1].indices) & set(found[2].indices)


@pytest.mark.parametrize("is_damped", [True, False])
def test_a_row_of_known_texts_has_length_one(is_damped: bool) -> None:
    plan = Plan(bits=16, orders=(2, 3), is_damped=is_damped, title_orders=(2,))
    given_texts = fields(["好吃", "难喝极了"], ["好", "坏"])
    matrix = Features.learn(plan, given_texts).matrix(given_texts)
    # Without damping a repeated n-gram stands several times in its row; these texts repeat none.
    assert np.allclose(np.sqrt(matrix.multiply(matrix).sum(axis=1)), 1, atol=1e-5)


@pytest.mark.parametrize("is_damped", [True, False])
def test_rows_times_weights_are_those_of_the_whole_matrix(is_damped: bool) -> None:
    plan = Plan(bits=16, orders=(1, 2, 3), is_damped=is_damped, title_orders=(2,))
    learnt = Features.learn(plan, fields(["好吃好吃", "难喝极了", "一般"], ["好", "坏", ""]))
    asked = fields(["好吃", "没见过的", ""], ["坏", "好", "好"])
    weights = np.random.default_rng(1).normal(size=(learnt.width, 3)).astype(np.float32)
    assert np.allclose(learnt.times(asked, weights), learnt.matrix(asked) @ weights, atol=1e-6)


@given(texts, st.integers(1, 4), st.integers(1, 3))
def test_the_compiled_product_is_that_of_the_matrix_to_the_last_bit(
    given_texts: list[str], order: int, classes: int
) -> None:
    plan = Plan(bits=12, orders=(order,), is_damped=False)
    learnt = Features.learn(plan, fields(["好吃好吃", "难喝极了", "一般，菜很坏", "ab"]))
    asked = fields(given_texts)
    weights = np.random.default_rng(1).normal(size=(learnt.width, classes)).astype(np.float32)
    assert (learnt.times(asked, weights) == learnt.matrix(asked) @ weights).all()


def test_it_learns_and_a_title_counts() -> None:
    model, held_out = train(examples(), RECIPE)
    assert model.classes == ("bad", "good")
    assert np.mean(held_out.argmax(axis=1) == examples().labels) == 1
    told = model.probabilities(fields(["菜很新鲜", "乱收费，差评", ""]))
    assert told.argmax(axis=1).tolist()[:2] == [1, 0]
    titled = Examples.of(fields(["一样"] * 8, GOOD[:4] + BAD[:4]), ["good"] * 4 + ["bad"] * 4)
    model, _ = train(titled, dataclasses.replace(RECIPE, folds=2))
    assert model.probabilities(fields(["一样"], [BAD[0]])).argmax() == 0


@given(st.lists(st.lists(st.floats(-3, 3), min_size=4, max_size=4), min_size=1, max_size=4))
def test_calibration_keeps_the_best_class_and_sums_to_one(margins: list[list[float]]) -> None:
    model = LinearModel(Features(Plan(), ()), tuple("abcd"), np.empty((0, 4)), np.zeros(4), 2.0, (-4.0, 1.0, -2.0))
    given_margins = np.array(margins, np.float32)
    found = model.calibrated(given_margins)
    assert np.allclose(found.sum(axis=1), 1)
    assert (found >= 0).all()
    best = given_margins.argmax(axis=1)
    assert np.allclose(found[range(len(best)), best], found.max(axis=1))


def test_a_file_keeps_every_number_and_equal_data_give_equal_bytes() -> None:
    model, _ = train(examples(), RECIPE)
    again, _ = train(examples(), RECIPE)
    assert model.to_bytes() == again.to_bytes()
    read = LinearModel.from_bytes(model.to_bytes())
    assert read.version == model.version
    assert (read.probabilities(fields(GOOD)) == model.probabilities(fields(GOOD))).all()
    other, _ = train(examples(), dataclasses.replace(RECIPE, penalty=2.0))
    assert other.version != model.version


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"PK\x03\x04 no model")
    with pytest.raises(ModelError, match="not a text model"):
        LinearModel.load(tmp_path / "x.npz")
    with pytest.raises(ModelError, match=r"y\.npz"):
        LinearModel.load(tmp_path / "y.npz")


def test_repeats_are_left_out_and_one_label_is_not_enough() -> None:
    twice = Examples.of(fields(["好", "好", "好", "坏"]), ["a", "a", "b", "b"])
    assert twice.labels.tolist() == [0, 1, 1]  # the same words with another label are another example
    with pytest.raises(TrainingError, match="at least two labels"):
        Examples.of(fields(["好", "坏"]), ["a", "a"])


def test_a_label_with_one_example_is_learnt_too() -> None:
    rare = Examples.of(fields([*GOOD, *BAD, "求推荐"]), ["good"] * len(GOOD) + ["bad"] * len(BAD) + ["asks"])
    model, _ = train(rare, RECIPE)
    assert model.classes[model.probabilities(fields(["求推荐"])).argmax()] == "asks"


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=6, max_size=40), st.integers(2, 5))
def test_groups_stay_whole_and_parts_are_alike(rows: list[tuple[int, int]], folds: int) -> None:
    label = np.array([0, 1, *(label for label, _ in rows)])
    group = np.array([100, 101, *(10 * label + number for label, number in rows)])
    given_rows = Examples(fields([""] * len(label)), label, ("a", "b", "c"), np.ones(len(label)), group)
    part = parts(given_rows, folds, seed=3)
    for one in np.unique(group):
        assert len(set(part[group == one])) == 1
    for one in range(3):
        sizes = [len(set(group[(label == one) & (part == number)])) for number in range(folds)]
        assert max(sizes) - min(sizes) <= 1


def test_a_heavy_example_is_believed() -> None:
    contrary = ["菜很新鲜啊", "菜很新鲜啊"]
    for weights, expected in (([1.0, 9.0], "bad"), ([9.0, 1.0], "good")):
        both = Examples.of(
            fields([*GOOD, *BAD, *contrary]),
            [*["good"] * len(GOOD), *["bad"] * len(BAD), "good", "bad"],
            np.array([0.1] * len(GOOD + BAD) + weights),
        )
        model, _ = train(both, RECIPE)
        assert model.classes[model.margins(fields(contrary[:1])).argmax()] == expected
