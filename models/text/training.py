"""Learning a linear model from labelled texts, with probabilities calibrated on texts that it had not seen.

Not here: where labels come from and what a model is used for. scikit-learn is needed here and nowhere else.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from models.text.features import Features, Fields, Plan
from models.text.letters import Texts
from models.text.linear import LinearModel, Probabilities, leads, softmax
from models.text.measures import Labels


class TrainingError(ValueError):
    """Labelled texts from which nothing can be learnt; says why."""


@dataclass(frozen=True)
class Recipe:
    """How a model is learnt. Of several plans that one is taken which answers most held-out texts rightly.

    `penalty` is the C of the support vector machine; `is_balanced` gives rare classes the weight of frequent ones.
    """

    plans: tuple[Plan, ...]
    penalty: float = 0.5
    is_balanced: bool = False
    folds: int = 5
    seed: int = 1


@dataclass(frozen=True)
class Examples:
    """Labelled texts: numbers of classes, weights (1 is usual), and groups that must not be torn apart by a split."""

    texts: Fields
    labels: Labels
    classes: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    @classmethod
    def of(
        cls,
        texts: Fields,
        labels: Sequence[str],
        weights: npt.NDArray[np.float64] | None = None,
        groups: npt.NDArray[np.int64] | None = None,
    ) -> Examples:
        """Number the classes in the order of their names, and leave out what is said twice with the same label."""
        classes, numbers = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
        if len(classes) < 2:
            raise TrainingError(f"at least two labels are needed, {len(classes)} found: {', '.join(classes)}")
        strings = zip(*(part.strings() for part in texts.values()), numbers.tolist(), strict=True)
        first: dict[object, int] = {}
        for place, said in enumerate(strings):
            first.setdefault(said, place)
        kept = np.fromiter(first.values(), np.int64)
        whole = cls(
            texts,
            numbers.astype(np.int64),
            tuple(classes.tolist()),
            np.ones(len(numbers)) if weights is None else weights,
            np.arange(len(numbers)) if groups is None else groups,
        )
        return whole if len(kept) == len(numbers) else whole.rows(kept)

    def and_also(self, texts: Fields, labels: Labels, weight: float) -> Examples:
        """Return these examples and further ones of the same classes."""
        both = {name: joined(part, texts[name]) for name, part in self.texts.items()}
        return replace(
            self,
            texts=both,
            labels=np.concatenate((self.labels, labels)),
            weights=np.concatenate((self.weights, np.full(len(labels), weight))),
            groups=np.arange(len(self.labels) + len(labels)),
        )

    def rows(self, places: npt.NDArray[np.int64]) -> Examples:
        """Return some of the examples."""
        texts = {name: taken(part, places) for name, part in self.texts.items()}
        return replace(
            self,
            texts=texts,
            labels=self.labels[places],
            weights=self.weights[places],
            groups=self.groups[places],
        )


def taken(texts: Texts, places: npt.NDArray[np.int64]) -> Texts:
    """Return some of the texts."""
    lengths = np.diff(texts.starts)[places]
    starts = np.concatenate(([0], np.cumsum(lengths)))
    inner = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    return Texts(texts.codes[np.repeat(texts.starts[places], lengths) + inner], starts)


def joined(first: Texts, then: Texts) -> Texts:
    """Return the texts of both."""
    return Texts(
        np.concatenate((first.codes, then.codes)), np.concatenate((first.starts, first.starts[-1] + then.starts[1:]))
    )


def train(examples: Examples, recipe: Recipe) -> tuple[LinearModel, Probabilities]:
    """Return the calibrated model, and what models that had not seen each example say of it."""
    tried = [(plan, _held_out(examples, plan, recipe)) for plan in recipe.plans]
    right = [np.mean(margins.argmax(axis=1) == examples.labels) for _, margins in tried]
    plan, margins = tried[int(np.argmax(right))]
    model = replace(
        fit(examples, plan, recipe),
        sharpness=_sharpness(margins, examples.labels),
        trust=_trust(margins, examples.labels),
    )
    return model, model.calibrated(margins)


def parts(examples: Examples, folds: int, seed: int) -> npt.NDArray[np.int64]:
    """Deal examples into parts: groups stay whole, each part gets its share of each class."""
    chance = np.random.default_rng(seed)
    _, first, group = np.unique(examples.groups, return_index=True, return_inverse=True)
    of_group = np.empty(len(first), np.int64)
    label = examples.labels[first]
    for number in range(len(examples.classes)):
        mine = np.flatnonzero(label == number)
        of_group[chance.permutation(mine)] = (np.arange(len(mine)) + number) % folds
    return np.asarray(of_group[group], dtype=np.int64)


def _held_out(examples: Examples, plan: Plan, recipe: Recipe) -> npt.NDArray[np.float32]:
    part = parts(examples, recipe.folds, recipe.seed)
    margins = np.zeros((len(part), len(examples.classes)), np.float32)
    for number in range(recipe.folds):
        here = part == number
        if here.any() and len(np.unique(examples.labels[~here])) > 1:
            model = fit(examples.rows(np.flatnonzero(~here)), plan, recipe)
            margins[here] = model.margins(examples.rows(np.flatnonzero(here)).texts)
    return margins


def fit(examples: Examples, plan: Plan, recipe: Recipe) -> LinearModel:
    """Return a model whose margins are not yet calibrated."""
    from sklearn.svm import LinearSVC

    features = Features.learn(plan, examples.texts)
    weight = "balanced" if recipe.is_balanced else None
    machine = LinearSVC(C=recipe.penalty, class_weight=weight, random_state=recipe.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that is not yet at its optimum is as good on held-out texts
        machine.fit(features.matrix(examples.texts), examples.labels, sample_weight=examples.weights)
    weights = np.zeros((features.width, len(examples.classes)), np.float32)
    bias = np.full(len(examples.classes), -2.0, np.float32)  # a class without an example here stays far away
    if len(machine.classes_) == 2:
        weights[:, machine.classes_] = machine.coef_.T / 2 * [-1, 1]
        bias[machine.classes_] = machine.intercept_ / 2 * [-1, 1]
    else:
        weights[:, machine.classes_] = machine.coef_.T
        bias[machine.classes_] = machine.intercept_
    return LinearModel(features, examples.classes, weights, bias)


def _sharpness(margins: npt.NDArray[np.float32], labels: Labels) -> float:
    """Return the factor that makes held-out margins log-odds: the one under which the labels are most probable."""
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(labels))

    def surprise(log: float) -> float:
        return float(-np.log(np.maximum(softmax(margins * np.exp(log))[rows, labels], 1e-12)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-3, 5), method="bounded").x))


def _trust(margins: npt.NDArray[np.float32], labels: Labels) -> tuple[float, float, float]:
    """Return the log-odds that the best class is right, as a line in the two best margins."""
    from sklearn.linear_model import LogisticRegression

    ahead = leads(margins)
    # One right and one wrong answer at the mean, so that a model without a fault is not sure beyond measure.
    seen = np.concatenate((ahead, np.repeat(ahead.mean(axis=0, keepdims=True), 2, axis=0)))
    is_right = np.concatenate((margins.argmax(axis=1) == labels, [True, False]))
    line = LogisticRegression(C=10.0).fit(seen, is_right)
    return float(line.intercept_[0]), float(line.coef_[0][0]), float(line.coef_[0][1])
