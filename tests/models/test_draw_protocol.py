"""The test vectors of docs/draw_protocol.md hold for our functions, and the page is enough to write a verifier.

Not here: general properties of a draw. The second verifier below was written from the page, not from the code.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from models.sampling import editions, pps, verify
from models.sampling.announcement import Commitment, Reveal, announcement, frame_leaves, frame_seals, seed_of
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_text import FILES, plan_of
from models.sampling.protocol import below, digest, framed, root_by_proof

TEXT = (Path(__file__).parents[2] / "docs/draw_protocol.md").read_text(encoding="utf-8").partition("## 13.")[2]
BLOCKS = {name: text.encode() for name, text in re.findall(r"^`([\w.-]+)`:\n\n```text\n(.*?)```$", TEXT, re.M | re.S)}
VERIFIER = b"# a verifier\n"
ANNOUNCED = BLOCKS["announcement-1.json"]
REVEALS = [Reveal(**told) for told in json.loads(BLOCKS["reveals.json"])["rounds"][0]]


def named(label: str) -> str:
    """The value in backticks after a label."""
    return str(re.findall(rf"{re.escape(label)}[^`]*`([^`]+)`", TEXT)[0])


KEY = named("Key:")
PLAN: FrozenPlan = plan_of(BLOCKS)


def test_framing_and_numbers() -> None:
    assert framed(["甲", "", "a:b"]).hex() == named("in hex:")
    assert digest(["甲", "", "a:b"]) == named("its `H`:")
    assert below(10, ["a", "b"]) == int(named('`U(10; "a", "b")`:'))
    places = named("draws the places (from 0):").split(" · ")
    for start, drawn in zip((0, 1, 2, 7, 29), places, strict=True):
        assert pps.systematic([2, 7, 8, 5, 4, 4], 3, start) == [int(place) for place in drawn.split()]


def test_announcement_and_seals() -> None:
    told = json.loads(ANNOUNCED)
    parties = [Commitment(**party) for party in told["parties"]]
    made = announcement(
        PLAN,
        KEY,
        parties,
        reveal_by=date.fromisoformat(told["reveal_by"]),
        verifier_digest=hashlib.sha256(VERIFIER).hexdigest(),
    )
    assert made == ANNOUNCED
    assert named("Digest of the announcement:") == editions.sha256(made)
    assert named("Seed:") == seed_of(made, KEY, REVEALS)
    seals, leaves = frame_seals(PLAN, KEY), frame_leaves(PLAN, KEY)
    shown = re.findall(r"^\| \S+ \S+ \| ([0-9a-f]{64}) \| ([0-9a-f]{64}) \|$", TEXT, re.M)
    assert shown == [(seals[0], leaves[0].hex()), (seals[-1], leaves[-1].hex())]
    path = re.findall(r"`([LR][0-9a-f]{64})`", TEXT)
    place = [row[:2] for row in PLAN.frame.iter_rows()].index(("T2", "E1"))
    assert root_by_proof(leaves[place], path) == told["roots"]["frame"]


def test_the_draw_of_the_page_is_ours() -> None:
    files = editions.auditors_edition(PLAN, KEY, [ANNOUNCED], [REVEALS], VERIFIER)
    assert set(BLOCKS) == set(files) - {"key.txt", "verify.py"}
    for name, text in BLOCKS.items():
        assert files[name].decode() == text.decode(), name


def bundle_of_the_page(folder: Path) -> Path:
    files = {**BLOCKS, "key.txt": f"{KEY}\n".encode(), "verify.py": VERIFIER}
    for name, data in editions.sealed_files(files, PLAN.plan_id, "auditors").items():
        (folder / name).write_bytes(data)
    return folder


def test_the_bundle_of_the_page_is_accepted(tmp_path: Path) -> None:
    told = verify.verify(bundle_of_the_page(tmp_path), named("Digest of the announcement:"))
    assert "6 drawn of 10 in 4 strata, 4 visits" in told


# A second verifier: the lists and teams, from the sentences of the page. Kept apart from the code on purpose.


def F(*fields: object) -> bytes:  # noqa: N802 (named as on the page)
    return b"".join(f"{len(str(f).encode())}:".encode() + str(f).encode() for f in fields)


def H(data: bytes) -> str:  # noqa: N802
    return hashlib.sha256(data).hexdigest()


def U(m: int, *fields: object) -> int:  # noqa: N802
    c = 0
    while (x := int(H(F(*fields, c)), 16)) >= (2**256 // m) * m:
        c += 1
    return x % m


def records(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(BLOCKS[name].decode())))


def second_seed() -> str:
    parties = sorted((r.party.encode(), r.party, r.salt, r.value) for r in REVEALS)
    return H(F("mingcha-seed-v2", H(ANNOUNCED), KEY, *[f for _, *three in parties for f in three]))


def second_lists(seed: str) -> tuple[list[list[str]], list[list[str]]]:
    plan = json.loads(BLOCKS["plan.json"])
    drawn, reserves = [], []
    for s in sorted(plan["strata"], key=lambda s: (s["task_id"].encode(), s["stratum_id"].encode())):
        group = next(t["coordination_id"] for t in plan["tasks"] if t["task_id"] == s["task_id"])
        mine = [r for r in records("frame.csv") if (r["task_id"], r["stratum_id"]) == (s["task_id"], s["stratum_id"])]
        line = sorted(
            (H(F("mingcha-ticket-v2", seed, group, r["entity_code"])), r["entity_code"], int(r["size"])) for r in mine
        )
        n = min(len(line), max(1, (s["ratio_ppm"] * len(line) + 999_999) // 1_000_000))
        chosen = {code: (n, len(line)) for _, code, _ in line[:n]}
        if s["method"] == "pps":
            chosen, left, total = {}, n, sum(size for *_, size in line)
            for _, code, size in sorted(line, key=lambda one: one[2], reverse=True):
                if left * size >= total and left:
                    chosen[code], left, total = (1, 1), left - 1, total - size
            u = U(total, "mingcha-start-v2", seed, s["task_id"], s["stratum_id"])
            points = {u + k * total for k in range(left)}
            at = 0
            for _, code, size in line:
                if code not in chosen:
                    if points & set(range(at, at + left * size)):
                        chosen[code] = Fraction(left * size, total).as_integer_ratio()
                    at += left * size
        one = [(t, c) for t, c, _ in line if c in chosen]
        other = [(t, c) for t, c, _ in line if c not in chosen][:n]
        head = [s["task_id"], s["stratum_id"]]
        drawn += [[*head, str(k), c, t, *map(str, chosen[c])] for k, (t, c) in enumerate(one, 1)]
        reserves += [[*head, str(k), c, t] for k, (t, c) in enumerate(other, 1)]
    return drawn, reserves


def second_cause(person: dict[str, str], skill: str, place: str, code: str) -> str:
    """Why the page passes somebody over, but for `seated` and `load`, which depend on the visits so far."""
    plan, who = json.loads(BLOCKS["plan.json"]), person["inspector_id"]
    away = [r for r in records("leaves.csv") if r["inspector_id"] == who and r["from_date"] <= plan["window_from"]]
    causes = {
        "certificate": person["certificate_until"] < plan["window_to"],
        "leave": any(r["to_date"] >= plan["window_to"] for r in away),
        "skill": bool(skill) and skill not in person["skills"].split(";"),
        "district": bool(place and person["district_codes"]) and place not in person["district_codes"].split(";"),
        "recused": any((r["inspector_id"], r["entity_code"]) == (who, code) for r in records("recusals.csv")),
    }
    return next((cause for cause, holds in causes.items() if holds), "")


def second_teams(seed: str, drawn: Sequence[Sequence[str]]) -> list[list[str]]:
    plan = json.loads(BLOCKS["plan.json"])
    need = {t["task_id"]: (t["department_id"], t["skill"]) for t in plan["tasks"]}
    place = {r["entity_code"]: r["district_code"] for r in records("frame.csv")}
    people = {p["inspector_id"]: p for p in sorted(records("inspectors.csv"), key=lambda p: p["inspector_id"].encode())}
    load = dict.fromkeys(people, 0)
    rows = []
    for code in sorted({row[3] for row in drawn}, key=lambda c: (H(F("mingcha-visit-v2", seed, c)), c.encode())):
        needs = sorted(
            {need[row[0]] for row in drawn if row[3] == code}, key=lambda n: (n[0].encode(), n[1] == "", n[1])
        )
        team: list[str] = []
        waiting = [([department], skill) for department, skill in needs]
        while waiting or len(team) < plan["inspectors_per_visit"]:
            departments, skill = waiting.pop(0) if waiting else (sorted({d for d, _ in needs}), None)
            mates = [people[one] for one in team]
            if skill is not None and any(
                m["department_id"] in departments and (not skill or skill in m["skills"].split(";")) for m in mates
            ):
                continue
            asked = {who: p for who, p in people.items() if p["department_id"] in departments}
            causes = {who: second_cause(p, skill or "", place[code], code) for who, p in asked.items()}
            causes |= {who: "seated" for who in asked if not causes[who] and who in team}
            least = min(load[who] for who, cause in causes.items() if not cause)
            causes |= {who: "load" for who in asked if not causes[who] and load[who] > least}
            tier = [who for who, cause in causes.items() if not cause]
            team.append(tier[U(len(tier), "mingcha-team-v2", seed, code, len(team) + 1)])
            counts = [str(list(causes.values()).count(cause)) for cause in verify.CAUSES]
            rows.append(
                [
                    code,
                    str(len(team)),
                    team[-1],
                    ";".join(departments),
                    skill or "",
                    str(least),
                    str(len(tier)),
                    *counts,
                ]
            )
        for one in team:
            load[one] += 1
    return rows


@pytest.fixture(scope="module")
def seed() -> str:
    return second_seed()


def listed(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(BLOCKS[name].decode())))[1:]


def test_a_second_verifier_written_from_the_page_agrees(seed: str) -> None:
    drawn, reserves = second_lists(seed)
    assert drawn == listed("drawn.csv")
    assert reserves == listed("reserves.csv")
    assert second_teams(seed, drawn) == listed("teams.csv")
    assert set(FILES) <= set(BLOCKS)
