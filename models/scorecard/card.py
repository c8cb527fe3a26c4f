"""A scorecard ready to score: weights, segments, cuts and vetoes in micro-units.

The reference for the warehouse: its SQL must give the same figures. Not here: where values come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from models.policy.loader import InForce, PolicyError
from models.scorecard.fixed_point import half_even, micro
from models.scorecard.grade_scale import GradeScale
from models.scorecard.indicator import registry
from models.scorecard.pack import Pack
from models.scorecard.scored import Contribution, Scored, Veto
from models.scorecard.segment import Segment

TEXT_STEPS = 1  # grades that texts alone may move an entity; part of the method weighted_sum_v1


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
class Scorecard:
    """Indicators × points → score → grade, by method weighted_sum_v1."""

    pack_id: str
    scale: GradeScale
    indicators: tuple[ScoredIndicator, ...]
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
        cuts = [micro(cut) for cut in pack.grades.cuts]
        scale = GradeScale.build(pack.direction, pack.grades.best_first, cuts, pack.grades.on_cut)
        named = [*pack.indicators, *(veto.indicator for veto in pack.vetoes)]
        if unknown := sorted(set(named) - set(registry(in_force))):
            raise ValueError(f"indicator {', '.join(unknown)} is not registered below policy/indicator/")
        indicators = tuple(
            ScoredIndicator(
                indicator_id,
                part.group,
                pack.groups[part.group],
                micro(part.weight),
                micro(part.missing),
                part.group == pack.text_group,
                part.segments(),
            )
            for indicator_id, part in pack.indicators.items()
        )
        vetoes = tuple(
            Veto(
                veto.id,
                veto.indicator,
                micro(veto.at_least),
                scale.number(veto.grade),
                veto.reason,
                in_force.policy.cite(veto.basis, f"veto {veto.id}"),
            )
            for veto in pack.vetoes
        )
        return cls(pack_id, scale, indicators, vetoes)

    def score(self, values: Mapping[str, int | None]) -> Scored:
        """Score and grade of one entity from its indicator values in micro-units.

        A value that is absent or None is missing; values of other scorecards are ignored. Grade: by the cuts, at most
        one step from the grade without texts (each text indicator taken as missing), then held down by vetoes.
        """
        contributions = tuple(part.contribution(values.get(part.indicator_id)) for part in self.indicators)
        score = sum(part.contribution_micro for part in contributions)
        no_text = sum(
            part.contribution(None).contribution_micro if part.is_text else known.contribution_micro
            for part, known in zip(self.indicators, contributions, strict=True)
        )
        without_text = self.scale.grade_no(no_text)
        capped = min(max(self.scale.grade_no(score), without_text - TEXT_STEPS), without_text + TEXT_STEPS)
        vetoes = tuple(veto for veto in self.vetoes if veto.applies(values.get(veto.indicator_id)))
        floor = max((veto.worst_grade_no for veto in vetoes), default=1)
        return Scored(
            score,
            self.scale.name(max(capped, floor)),
            contributions,
            vetoes,
            self.scale.name(max(without_text, floor)),
        )
