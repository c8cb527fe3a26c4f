"""The hashes of draw protocol mingcha-draw-v1: fields, commitment, frame root, seed and tickets.

Not here: how many are drawn, and from whom. Any change of a byte needs a new protocol tag.
"""

import hashlib
from collections.abc import Iterable, Mapping

DRAW_TAG = "mingcha-draw-v1"
TEAM_TAG = "mingcha-team-v1"
SEED_TAG = "mingcha-seed-v1"
COMMIT_TAG = "mingcha-commit-v1"
_LEAF, _NODE = b"\x00", b"\x01"


def framed(fields: Iterable[str]) -> bytes:
    """Fields joined so that no two lists give the same bytes: `<length in bytes>:<UTF-8 bytes>` of each, in order.

    >>> framed(["甲", "", "a:b"]).decode()
    '3:甲0:3:a:b'
    """
    encoded = [field.encode() for field in fields]
    return b"".join(b"%d:%s" % (len(field), field) for field in encoded)


def digest(fields: Iterable[str]) -> str:
    """SHA-256 over the framed fields, as 64 lower-case hex digits."""
    return hashlib.sha256(framed(fields)).hexdigest()


def commitment(value: str) -> str:
    """What a party publishes before the freeze to bind itself to the value that it reveals later."""
    return digest([COMMIT_TAG, value])


def frame_root(stratum_by_code: Mapping[str, str]) -> str:
    """Merkle root of the frozen frame: entity code → stratum id, leaves sorted by the bytes of the code.

    Leaf = SHA-256(00 ‖ framed(code, stratum)), node = SHA-256(01 ‖ left ‖ right); a last node without a partner moves
    up as it is (the tree of RFC 6962, section 2.1). Raises ValueError for an empty frame.
    """
    if not stratum_by_code:
        raise ValueError("an empty frame cannot be committed; nothing could be drawn from it")
    codes = sorted(stratum_by_code, key=str.encode)
    level = [hashlib.sha256(_LEAF + framed((code, stratum_by_code[code]))).digest() for code in codes]
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [hashlib.sha256(_NODE + left + right).digest() for left, right in pairs] + odd
    return level[0].hex()


def seed(root: str, revealed: Iterable[str]) -> str:
    """Seed of a draw: from the frame root and the revealed values, whatever order they came in.

    Raises ValueError when no value was revealed, for then whoever made the frame chose the draw.
    """
    values = sorted(revealed, key=str.encode)
    if not values:
        raise ValueError("a seed needs at least one revealed value")
    return digest([SEED_TAG, root, *values])


def ticket(seed_hex: str, plan_id: str, stratum_id: str, entity_code: str) -> str:
    """Ticket of an entity; the smallest tickets of a stratum are drawn."""
    return digest([DRAW_TAG, seed_hex, plan_id, stratum_id, entity_code])
