"""The second random: which inspectors visit a drawn entity.

Not here: who is eligible (certificate, scope, recusal), which is data.
"""

import hashlib
import heapq
from collections.abc import Collection

from models.sampling.protocol import TEAM_TAG, framed


def team(
    seed_hex: str, plan_id: str, entity_code: str, eligible: Collection[str], size: int
) -> tuple[tuple[str, str], ...]:
    """The `size` eligible inspectors with the smallest tickets for this entity: (inspector id, ticket), smallest first.

    Raises ValueError when fewer are eligible: a visit by too few is unlawful and must not be planned silently.
    """
    inspectors = set(eligible)
    if len(inspectors) < size:
        raise ValueError(
            f"plan {plan_id}: only {len(inspectors)} inspectors are eligible for {entity_code}, {size} are needed; "
            "widen the eligible inspectors or hand the entity to another department"
        )
    prefix = hashlib.sha256(framed([TEAM_TAG, seed_hex, plan_id, entity_code]))
    tickets = []
    for inspector_id in inspectors:
        own = prefix.copy()  # the fields before the last are the same for all: hashed once
        own.update(framed([inspector_id]))
        tickets.append((own.hexdigest(), inspector_id))
    return tuple((inspector_id, own) for own, inspector_id in heapq.nsmallest(size, tickets))
