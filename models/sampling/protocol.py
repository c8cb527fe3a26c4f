"""The hashes of draw protocol mingcha-draw-v2: fields, commitments, seals, Merkle roots and proofs, seed, tickets.

Not here: how many are drawn, and from whom. Any change of a byte needs a new protocol tag.
"""

import hashlib
from collections.abc import Iterable, Sequence

PROTOCOL = "mingcha-draw-v2"
COMMIT_TAG, KEY_TAG, SEAL_TAG, SEED_TAG = "mingcha-commit-v2", "mingcha-key-v2", "mingcha-seal-v2", "mingcha-seed-v2"
TICKET_TAG, START_TAG, VISIT_TAG, TEAM_TAG = (
    "mingcha-ticket-v2",
    "mingcha-start-v2",
    "mingcha-visit-v2",
    "mingcha-team-v2",
)
_LEAF, _NODE = b"\x00", b"\x01"
_RANGE = 1 << 256  # what a SHA-256 may be, read as a number


def framed(fields: Iterable[str]) -> bytes:
    """Fields joined so that no two lists give the same bytes: `<length in bytes>:<UTF-8 bytes>` of each, in order.

    >>> framed(["甲", "", "a:b"]).decode()
    '3:甲0:3:a:b'
    """
    encoded = [field.encode() for field in fields]
    return b"".join([b"%d:%s" % (len(field), field) for field in encoded])


def digest(fields: Iterable[str]) -> str:
    """SHA-256 over the framed fields, as 64 lower-case hex digits."""
    return hashlib.sha256(framed(fields)).hexdigest()


def commitment(plan_id: str, round_no: int, party: str, salt: str, value: str) -> str:
    """What a party hands in before the freeze to bind itself to the value that it reveals later."""
    return digest([COMMIT_TAG, plan_id, str(round_no), party, salt, value])


def key_commitment(plan_id: str, key: str) -> str:
    """What is announced of the key that hides strata and tickets from the public."""
    return digest([KEY_TAG, plan_id, key])


def seals(key: str, table: str, rows: Iterable[Sequence[str]]) -> list[str]:
    """Per row a hash of all of its fields that tells nothing to whoever lacks the key."""
    start = hashlib.sha256(framed([SEAL_TAG, key, table]))
    made = []
    for row in rows:
        own = start.copy()  # the fields before the row are the same for all: hashed once
        own.update(framed(row))
        made.append(own.hexdigest())
    return made


def leaf(fields: Iterable[str]) -> bytes:
    """Leaf of a Merkle tree over framed fields."""
    return hashlib.sha256(_LEAF + framed(fields)).digest()


def _above(level: list[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    odd = level[-1:] if len(level) % 2 else []  # a last node without a partner moves up as it is
    return [hashlib.sha256(_NODE + left + right).digest() for left, right in pairs] + odd


def root(leaves: Sequence[bytes]) -> str:
    """Merkle root (the tree of RFC 6962, section 2.1) as hex; of no leaf at all it is the hash of nothing."""
    level = list(leaves) or [hashlib.sha256().digest()]
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def proof(leaves: Sequence[bytes], index: int) -> list[str]:
    """What a leaf is joined with, from below, to reach the root: `L` or `R` (the side of the other), then its hex."""
    path, level = [], list(leaves)
    while len(level) > 1:
        other = index ^ 1
        if other < len(level):
            path.append(("L" if other < index else "R") + level[other].hex())
        index //= 2
        level = _above(level)
    return path


def root_by_proof(own: bytes, path: Iterable[str]) -> str:
    """The root that a leaf and its proof lead to."""
    for step in path:
        other = bytes.fromhex(step[1:])
        own = hashlib.sha256(_NODE + (other + own if step[0] == "L" else own + other)).digest()
    return own.hex()


def seed(announcement_digest: str, key: str, reveals: Iterable[tuple[str, str, str]]) -> str:
    """Seed of a draw, from what was announced, the key, and (party, salt, value) of every party in order of its name.

    Raises ValueError for fewer than two parties, for then one of them chose the draw.
    """
    parties = sorted(reveals, key=lambda reveal: reveal[0].encode())
    if len(parties) < 2:
        raise ValueError(f"a seed needs the values of at least two parties; got {len(parties)}")
    return digest([SEED_TAG, announcement_digest, key, *(field for reveal in parties for field in reveal)])


def tickets(seed_hex: str, coordination_id: str, entity_codes: Iterable[str]) -> dict[str, str]:
    """Entity code → ticket, shared by tasks with one `coordination_id`; the smallest of a stratum are drawn."""
    start = hashlib.sha256(framed([TICKET_TAG, seed_hex, coordination_id]))
    made = {}
    for code in entity_codes:
        own = start.copy()
        encoded = code.encode()
        own.update(b"%d:%s" % (len(encoded), encoded))
        made[code] = own.hexdigest()
    return made


def below(bound: int, fields: Sequence[str]) -> int:
    """A whole number from 0 to bound − 1, each exactly as likely: hashes that would favour small ones are passed over.

    The hash is over the fields and a counter from 0; the first one below the largest multiple of `bound` counts.
    """
    limit = _RANGE - _RANGE % bound
    counter = 0
    while True:
        number = int(digest([*fields, str(counter)]), 16)
        if number < limit:
            return number % bound
        counter += 1
