"""What is still to come after a draw: visits without a result, findings that ask for a re-check, each with its day.

Not here: what has to be published (publication.py).
"""

from __future__ import annotations

from datetime import date

from models.casework.visit_terms import VisitTerms
from models.policy.loader import Policy
from models.sampling.visit_document import VisitResult
from warehouse.frozen_plan import read_frozen
from warehouse.home import Home
from warehouse.visit_register import Visit, issued, plan_folder, plans_issued
from warehouse.visit_results import accepted


def awaited(home: Home, policy: Policy) -> list[tuple[Visit, date]]:
    """Return visits without any result, with the day by which one is due, soonest first."""
    reported = {result.visit_id for result in accepted(home)}
    found = []
    for plan_id in plans_issued(home):
        window_to = read_frozen(plan_folder(home, plan_id)).window_to
        due = VisitTerms.from_policy(policy.at(window_to)).result_due(window_to)
        found += [(v, due) for v in issued(home, plan_id) if v.visit_id not in reported and not v.cancelled]
    return sorted(found, key=lambda one: (one[1], one[0].visit_id))


def rechecks(home: Home, policy: Policy) -> list[tuple[VisitResult, date]]:
    """Return results that ask for a re-check and have none yet, with the day by which it is due, soonest first."""
    results = accepted(home)
    done = {result.key[:2] for result in results if result.is_recheck}
    waiting = [r for r in results if r.result != "pass" and not r.is_recheck and r.key[:2] not in done]
    told = [(r, VisitTerms.from_policy(policy.at(r.visited_on)).recheck_due(r.visited_on)) for r in waiting]
    return sorted(told, key=lambda one: (one[1], one[0].key))
