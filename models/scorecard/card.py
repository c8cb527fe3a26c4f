"""A scorecard ready to score one entity: weights, segments, limits, cuts or matrix, and vetoes in micro-units.

The reference for the warehouse: panel.py must give the same figures. Not here: where values come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from models.policy.loader import InForce, PolicyError
from models.scorecard.fixed_point import half_even, micro
from models.scorecard.grade_scale import Direction, GradeScale
from models.scorecard.indicator import Indicator, registry
from models.scorecard.matrix import Matrix
from models.scorecard.pack import Pack
from models.scorecard.scored import Contribution, Scored, Veto
from models.scorecard.segment import Segment

TEXT_STEPS = 1  # grades that texts alone may move an entity; part of the methods weighted_sum_v1 and matrix_v1


@dataclass(frozen=True)
class ScoredIndicator:
    """One indicator of a scorecard, in micro-units."""

    indicator_id: str
    group_id: str
    group_zh: str
    weight_micro: int
    missing_points_micro: int
    is_text: bool
    segments: tuple[Segment, ...]

    def contribution(self, value_micro: int | None) -> Contribution:
        """Weight × points of a value. Raises ValueError for a negative value: no indicator can be below zero."""
        points = self.missing_points_micro if value_micro is None else self._points(value_micro)
        part = half_even(self.weight_micro * points)
        return Contribution(self.indicator_id, self.group_id, value_micro, points, self.weight_micro, part)

    def _points(self, value_micro: int) -> int:
        for segment in self.segments:
            if segment.holds(value_micro):
                return segment.points_at(value_micro)
        raise ValueError(f"{self.indicator_id} is {value_micro} micro-units; a value must not be negative")


@dataclass(frozen=True)
class Limit:
    """The floor and cap of a group; `indicator_id` names the part of the score that they make up."""

    indicator_id: str
    group_id: str
    group_zh: str
    floor_micro: int
    cap_micro: int

    def adjustment(self, sum_micro: int) -> int:
        """Micro-points to add so that the sum of the group lies within floor and cap."""
        return min(max(sum_micro, self.floor_micro), self.cap_micro) - sum_micro


@dataclass(frozen=True)
class Scorecard:
    """Indicators × points → score → grade, by method weighted_sum_v1 (cuts) or matrix_v1 (two axes)."""

    pack_id: str
    direction: Direction
    grades: tuple[str, ...]
    groups: tuple[str, ...]
    rule: GradeScale | Matrix
    indicators: tuple[ScoredIndicator, ...]
    limits: tuple[Limit, ...]
    vetoes: tuple[Veto, ...]

    @classmethod
    def from_policy(cls, in_force: InForce, pack_id: str) -> "Scorecard":
        """The scorecard `scorecard.<pack_id>` as in force. Raises PolicyError saying what is wrong with it."""
        policy_id = f"scorecard.{pack_id}"
        value = in_force.value(policy_id)
        try:
            return cls._build(in_force, pack_id, Pack.model_validate(value))
        except (ValidationError, ValueError) as error:
            raise PolicyError(f"{in_force.policy.origin[policy_id]}: {error}") from error

    @classmethod
    def _build(cls, in_force: InForce, pack_id: str, pack: Pack) -> "Scorecard":
        registered = registry(in_force)
        named = [*pack.indicators, *(veto.indicator for veto in pack.vetoes)]
        if unknown := sorted(set(named) - set(registered)):
            raise ValueError(f"indicator {', '.join(unknown)} is not registered below policy/indicator/")
        names, titles = tuple(pack.grades.best_first), pack.group_titles()
        indicators = tuple(
            ScoredIndicator(
                indicator_id,
                part.group,
                titles[part.group],
                micro(part.weight),
                micro(part.missing),
                registered[indicator_id].is_text,
                part.segments(),
            )
            for indicator_id, part in pack.indicators.items()
        )
        limits = tuple(
            Limit(
                f"limit.{pack_id}_{group_id}",
                group_id,
                titles[group_id],
                micro(group.floor or 0),
                micro(100 if group.cap is None else group.cap),
            )
            for group_id, group in pack.limited_groups().items()
        )
        vetoes = _vetoes(in_force, pack, names, registered)
        return cls(pack_id, pack.direction, names, tuple(titles), pack.rule(), indicators, limits, vetoes)

    def score(self, values: Mapping[str, int | None]) -> Scored:
        """Score and grade of one entity from its indicator values in micro-units.

        A value that is absent or None is missing; values of other scorecards are ignored. Grade: by cuts or matrix, at
        most one step from the grade without texts (each text indicator taken as missing), then held down by vetoes.
        """
        contributions = tuple(part.contribution(values.get(part.indicator_id)) for part in self.indicators)
        silent = tuple(
            part.contribution(None) if part.is_text else known
            for part, known in zip(self.indicators, contributions, strict=True)
        )
        contributions, by_score = self._graded(contributions)
        without_text = self._graded(silent)[1]
        capped = min(max(by_score, without_text - TEXT_STEPS), without_text + TEXT_STEPS)
        vetoes = tuple(veto for veto in self.vetoes if veto.applies(values.get(veto.indicator_id)))
        floor = max((veto.worst_grade_no for veto in vetoes), default=1)
        return Scored(
            sum(part.contribution_micro for part in contributions),
            self.name(max(capped, floor)),
            contributions,
            vetoes,
            self.name(max(without_text, floor)),
        )

    def name(self, grade_no: int) -> str:
        """Name of a grade by its number (1 is the best)."""
        return self.grades[grade_no - 1]

    def number(self, grade: str) -> int:
        """Number of a grade by its name. Raises ValueError for a name that is not on the scale."""
        return _number(self.grades, grade)

    def _graded(self, parts: tuple[Contribution, ...]) -> tuple[tuple[Contribution, ...], int]:
        """The parts with the adjustments of limited groups, and the number of the grade by cuts or matrix."""
        sums = dict.fromkeys(self.groups, 0)
        for part in parts:
            sums[part.group_id] += part.contribution_micro
        for limit in self.limits:
            added = limit.adjustment(sums[limit.group_id])
            sums[limit.group_id] += added
            parts = (*parts, Contribution(limit.indicator_id, limit.group_id, None, 0, 0, added))
        if isinstance(self.rule, Matrix):
            return parts, self.rule.grade_no(sums)
        return parts, self.rule.grade_no(sum(sums.values()))


def _number(grades: tuple[str, ...], grade: str) -> int:
    if grade not in grades:
        raise ValueError(f"grade {grade!r} is not one of {list(grades)}")
    return grades.index(grade) + 1


def _vetoes(
    in_force: InForce, pack: Pack, grades: tuple[str, ...], registered: Mapping[str, Indicator]
) -> tuple[Veto, ...]:
    for veto in pack.vetoes:
        if registered[veto.indicator].is_text:
            raise ValueError(f"veto {veto.id}: a text may not veto; its influence is capped at one grade")
    return tuple(
        Veto(
            veto.id,
            veto.indicator,
            micro(veto.at_least),
            _number(grades, veto.grade),
            veto.reason,
            in_force.policy.cite(veto.basis, f"veto {veto.id}"),
        )
        for veto in pack.vetoes
    )
