"""A plan tried out before it is written: all shares of its own tasks multiplied, within what the rules allow.

Not here: what the plan then comes to (plan_freeze.py); a trial is never frozen, its text is saved and checked first.
"""

from decimal import Decimal

import yaml

from models.sampling.plan_file import PlanFile, share_ppm
from models.sampling.plan_rules import PlanRules
from models.scorecard.fixed_point import MICRO


def multiplied(plan: PlanFile, rules: PlanRules, per_cent: int) -> PlanFile:
    """The plan with `per_cent` of its usual shares: above 0, and at most the highest share of the credit grade.

    Tasks of the joint list keep the shares of the policy: a plan file cannot give them others.
    """
    if per_cent == 100:
        return plan
    ratios: dict[str, dict[str, Decimal]] = {}
    for (credit, risk), ppm in share_ppm(plan, rules, None).items():
        most = max(ppm, rules.highest_ppm[credit] // rules.kinds[plan.kind].parts)
        ratios.setdefault(credit, {})[risk] = Decimal(max(1, min(most, -(-ppm * per_cent // 100)))) / MICRO
    return plan.model_copy(update={"tasks": tuple(t.model_copy(update={"ratios": ratios}) for t in plan.tasks)})


def text_of(plan: PlanFile) -> str:
    """The plan as a plan file that `mingcha plan check` reads."""
    said = plan.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return str(yaml.safe_dump(said, allow_unicode=True, sort_keys=False))
