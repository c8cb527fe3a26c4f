#!/usr/bin/env python3
"""Checks a published draw with nothing but Python's standard library: `python3 -I verify.py BUNDLE [DIGEST] [PROOF…]`.

Written from docs/draw_protocol.md alone and importing nothing of the project on purpose: an independent second opinion.
BUNDLE is a zip or folder of either edition, DIGEST the announcement's as it was published, PROOF a file of one entity.
"""

import csv
import hashlib
import io
import json
import re
import sys
import zipfile
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

PROTOCOL = "mingcha-draw-v2"
CAUSES = ("certificate", "leave", "skill", "district", "recused", "seated", "load")
HEADERS = {
    "frame.csv": "task_id,entity_code,stratum_id,size,district_code",
    "excluded.csv": "task_id,entity_code,cause",
    "inspectors.csv": "inspector_id,department_id,district_codes,skills,certificate_until",
    "leaves.csv": "inspector_id,from_date,to_date",
    "recusals.csv": "inspector_id,entity_code,cause",
    "drawn.csv": "task_id,stratum_id,draw_order,entity_code,ticket,numerator,denominator",
    "reserves.csv": "task_id,stratum_id,reserve_order,entity_code,ticket",
    "visits.csv": "visit_order,entity_code,district_code,task_ids,ticket",
    "teams.csv": "entity_code,seat,inspector_id,departments,skill,load_before,tier,skipped_" + ",skipped_".join(CAUSES),
    "absent.csv": "inspector_id,cause",
}
SEALED = "task_id,entity_code,seal"  # drawn.csv of the public edition
Files = dict[str, bytes]
Rows = list[tuple[str, ...]]
Visits = list[tuple[str, str, list[str]]]  # entity, district, tasks


class MismatchError(Exception):
    """The bundle does not hold; the message says where."""


def expect(holds: bool, message: str) -> None:
    """Raise MismatchError unless it holds."""
    if not holds:
        raise MismatchError(message)


def sha256(data: bytes) -> bytes:
    """The 32 bytes of SHA-256."""
    return hashlib.sha256(data).digest()


def framed(*fields: str) -> bytes:
    """Each field as <length in bytes>:<UTF-8 bytes>."""
    return b"".join(str(len(field.encode())).encode() + b":" + field.encode() for field in fields)


def hashed(*fields: str) -> str:
    """SHA-256 of framed fields in hex."""
    return sha256(framed(*fields)).hex()


def merkle_root(leaves: list[bytes]) -> str:
    """Recursive form of RFC 6962: split at the largest power of two below the number of leaves."""
    if len(leaves) < 2:
        return (leaves[0] if leaves else sha256(b"")).hex()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + bytes.fromhex(merkle_root(leaves[:half]) + merkle_root(leaves[half:]))).hex()


def below(bound: int, *fields: str) -> int:
    """The first hash over fields and counter that lies below the largest multiple of the bound, reduced to it."""
    counter = 0
    while (number := int(hashed(*fields, str(counter)), 16)) >= 2**256 // bound * bound:
        counter += 1
    return number % bound


def open_bundle(path: Path) -> Files:
    """Every file of a zip or folder; the manifest must name all of them, with their digests, and nothing else."""
    if path.is_dir():
        files = {found.name: found.read_bytes() for found in path.iterdir()}
    else:
        with zipfile.ZipFile(path) as archive:
            expect(len(set(archive.namelist())) == len(archive.namelist()), "the zip holds a name twice")
            files = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(files["manifest.json"])["files"]
    differ = sorted(set(told) ^ (set(files) - {"manifest.json"}))
    expect(not differ, f"manifest.json and the files differ: {', '.join(differ)}")
    for name, digest in told.items():
        expect(sha256(files[name]).hex() == digest, f"{name} is not the file that manifest.json names")
    return files


def table(files: Files, name: str, header: str = "") -> Rows:
    """Rows of a CSV file that must have exactly its columns."""
    first, *rows = map(tuple, csv.reader(io.StringIO(files[name].decode("utf-8"), newline="")))
    expect(",".join(first) == (header or HEADERS[name]), f"{name} does not have the columns {header or HEADERS[name]}")
    expect(all(len(row) == len(first) for row in rows), f"{name} holds a row of another length")
    return rows


def same(files: Files, name: str, right: Rows) -> None:
    """A file must hold the very rows that follow from the rest, in their order."""
    told = table(files, name)
    for line, (one, other) in enumerate(zip(told, right, strict=False), start=2):
        expect(one == other, f"{name} line {line} has {one}, the protocol gives {other}")
    expect(len(told) == len(right), f"{name} holds {len(told)} rows, the protocol gives {len(right)}")


def check_announcements(files: Files, published: str) -> tuple[dict[str, Any], str]:
    """The chain of rounds and every revealed value; returns the last announcement and its digest."""
    rounds = json.loads(files["reveals.json"])["rounds"]
    names = [f"announcement-{number}.json" for number in range(1, len(rounds) + 1)]
    present = {name for name in files if name.startswith("announcement-")}
    expect(bool(names) and set(names) == present, f"{len(rounds)} rounds of reveals.json, but {sorted(present)}")
    digest, told, refused, missing = "", dict[str, Any](), list[str](), list[str]()
    for number, (name, reveals) in enumerate(zip(names, rounds, strict=True), start=1):
        before, told = told, json.loads(files[name])
        expect(told["protocol"] == PROTOCOL, f"protocol is {told['protocol']}; this program checks {PROTOCOL}")
        follows = (told["round"], told["previous"], told["refused"]) == (number, digest, missing)
        expect(follows, f"{name} does not follow the round before it, in which {missing} did not reveal")
        refused += missing
        bound = {party["party"]: party["commitment"] for party in told["parties"]}
        expect(len(bound) == len(told["parties"]) >= 2, f"{name}: fewer than two parties, or one of them twice")
        expect(not set(bound) & set(refused), f"{name}: a party that refused takes part again")
        for fixed in ("plan_id", "plan_seal", "roots", "key_commitment", "verifier_digest"):
            expect(not before or before[fixed] == told[fixed], f"{name}: {fixed} changed between rounds")
        for one in reveals:
            own = hashed("mingcha-commit-v2", told["plan_id"], str(number), one["party"], one["salt"], one["value"])
            is_bound = bool(re.fullmatch("[0-9a-f]{64}", one["salt"])) and bound.get(one["party"]) == own
            expect(is_bound, f"the value of {one['party']} in round {number} does not fit its commitment")
        given = [one["party"] for one in reveals]
        expect(len(set(given)) == len(given), f"a party revealed twice in round {number}")
        missing = sorted(set(bound) - set(given))
        digest = sha256(files[name]).hex()
    expect(not missing, f"{missing} did not reveal: nothing may be drawn")
    expect(published in ("", digest), f"the announcement is {digest}, but {published} was published")
    expect(sha256(files["verify.py"]).hex() == told["verifier_digest"], "verify.py is not the one announced")
    return told, digest


def check_plan(files: Files, told: dict[str, Any], key: str) -> dict[str, Any]:
    """The frozen plan against what was announced of it; returns plan.json."""
    plan: dict[str, Any] = json.loads(files["plan.json"])
    expect(hashed("mingcha-key-v2", told["plan_id"], key) == told["key_commitment"], "key.txt is not the key announced")
    seal = hashed("mingcha-seal-v2", key, "plan", sha256(files["plan.json"]).hex())
    expect(seal == told["plan_seal"], "plan.json is not the one announced")
    for name in set(plan) - {"tasks", "strata"}:
        expect(plan[name] == told[name], f"{name} is {plan[name]} in plan.json, {told[name]} in the announcement")
    for name in ("frame", "excluded", "inspectors", "leaves", "recusals"):
        rows = table(files, name + ".csv")
        expect(rows == sorted(set(rows)), f"{name}.csv is not sorted, or holds a row twice")
        shown = [row[:2] if name == "frame" else () for row in rows]
        seals = [hashed("mingcha-seal-v2", key, name, *row) for row in rows]
        leaves = [sha256(b"\x00" + framed(*row, seal)) for row, seal in zip(shown, seals, strict=True)]
        expect(merkle_root(leaves) == told["roots"][name], f"{name}.csv is not the one announced: its root differs")
    return plan


def draw_stratum(stratum: dict[str, Any], members: list[tuple[str, str, int]], seed: str) -> tuple[Rows, Rows]:
    """Rows of drawn.csv and reserves.csv for (ticket, entity, size) in ticket order."""
    task, name, number, n = stratum["task_id"], stratum["stratum_id"], stratum["drawn"], len(members)
    right = min(n, max(1, -(-stratum["ratio_ppm"] * n // 1000000)))
    told = (stratum["population"], number)
    expect(
        told == (n, right), f"stratum {name} of {task}: population and drawn are {(n, right)}, plan.json says {told}"
    )
    sure, left, total = set[str](), number, sum(size for _, _, size in members)
    if stratum["method"] == "equal":
        expect(total == n, f"stratum {name} of {task}: a size is not 1")
        chosen = {code for _, code, _ in members[:number]}
        share = {code: (number, n) for _, code, _ in members}
    else:
        expect(stratum["method"] == "pps" and min(size for _, _, size in members) >= 1, f"stratum {name}: no such draw")
        for _, code, size in sorted(members, key=lambda member: -member[2]):
            if left and left * size >= total:  # the largest are certain, one after the other
                sure.add(code)
                left, total = left - 1, total - size
        point, end = below(max(1, total), "mingcha-start-v2", seed, task, name), 0
        chosen, share = set(sure), dict.fromkeys(sure, (1, 1))
        for _, code, size in [member for member in members if member[1] not in sure]:
            share[code] = Fraction(left * size, total).as_integer_ratio()
            end += left * size
            if point < end:
                chosen.add(code)
                point += total
    drawn = [(code, ticket) for ticket, code, _ in members if code in chosen]
    others = [(code, ticket) for ticket, code, _ in members if code not in chosen]
    rows = [(task, name, str(k), code, ticket) for k, (code, ticket) in enumerate(drawn, start=1)]
    reserves = [(task, name, str(k), code, ticket) for k, (code, ticket) in enumerate(others[:number], start=1)]
    return [(*row, *map(str, share[row[3]])) for row in rows], list(reserves)


def check_draw(files: Files, plan: dict[str, Any], seed: str) -> Visits:
    """Tickets, order and lists of every stratum; returns the visits in their order."""
    group = {task["task_id"]: task["coordination_id"] for task in plan["tasks"]}
    members, district = dict[tuple[str, str], list[tuple[str, str, int]]](), dict[str, str]()
    for task, code, stratum, size, place in table(files, "frame.csv"):
        ticket = hashed("mingcha-ticket-v2", seed, group[task], code)
        members.setdefault((task, stratum), []).append((ticket, code, int(size)))
        expect(district.setdefault(code, place) == place, f"{code} lies in two districts")
    strata = {(one["task_id"], one["stratum_id"]): one for one in plan["strata"]}
    expect(set(strata) == set(members) and len(strata) == len(plan["strata"]), "strata of plan and frame differ")
    lists = [draw_stratum(strata[where], sorted(members[where]), seed) for where in sorted(strata)]
    drawn = [row for rows, _ in lists for row in rows]
    same(files, "drawn.csv", drawn)
    same(files, "reserves.csv", [row for _, rows in lists for row in rows])
    tasks: dict[str, list[str]] = {}
    for row in drawn:
        tasks.setdefault(row[3], []).append(row[0])
    order = sorted((hashed("mingcha-visit-v2", seed, code), code) for code in tasks)
    rows = [(str(k), c, district[c], ";".join(sorted(tasks[c])), t) for k, (t, c) in enumerate(order, start=1)]
    same(files, "visits.csv", list(rows))
    return [(code, district[code], tasks[code]) for _, code in order]


class Teams:
    """Replays every seat of every visit, and counts why others were passed over."""

    def __init__(self, files: Files, plan: dict[str, Any], seed: str) -> None:
        self.first, self.last = (date.fromisoformat(plan[name]) for name in ("window_from", "window_to"))
        self.leaves, self.recusals = table(files, "leaves.csv"), {row[:2] for row in table(files, "recusals.csv")}
        self.people = {row[0]: row for row in table(files, "inspectors.csv")}
        self.absent = {who: cause for who, row in self.people.items() if (cause := self.absence(who, row[4]))}
        self.load, self.seed, self.rows = dict.fromkeys(self.people, 0), seed, Rows()
        self.pools: dict[Any, tuple[list[str], list[str]]] = {}

    def absence(self, who: str, until: str) -> str:
        """A certificate that ends before the window does, or leave on every day of it."""
        if not until or date.fromisoformat(until) < self.last:
            return "certificate"
        leaves = [(date.fromisoformat(row[1]), date.fromisoformat(row[2])) for row in self.leaves if row[0] == who]
        days = [self.first + timedelta(days=k) for k in range((self.last - self.first).days + 1)] if leaves else []
        return "leave" if days and all(any(a <= day <= b for a, b in leaves) for day in days) else ""

    def cause(self, who: str, skill: str, place: str) -> str:
        """Why somebody may not go, whatever the entity; empty for one who may."""
        _, _, districts, skills, _ = self.people[who]
        if who in self.absent or (skill and skill not in skills.split(";")):
            return self.absent.get(who, "skill")
        return "district" if place and districts and place not in districts.split(";") else ""

    def seat(self, code: str, place: str, seated: list[str], departments: list[str], skill: str) -> None:
        """One more inspector, by lot among those with the fewest visits so far."""
        asked = (*departments, skill, place)
        if asked not in self.pools:
            found = [(self.cause(who, skill, place), who) for who in sorted(self.people)]
            found = [(why, who) for why, who in found if self.people[who][1] in departments]
            self.pools[asked] = [who for why, who in found if not why], [why for why, _ in found if why]
        allowed, causes = self.pools[asked]
        left = [who for who in allowed if (who, code) not in self.recusals]
        free = [who for who in left if who not in seated]
        expect(bool(free), f"nobody may take seat {len(seated) + 1} of the visit to {code}")
        least = min(self.load[who] for who in free)
        tier = [who for who in free if self.load[who] == least]
        seat = str(len(seated) + 1)
        who = tier[below(len(tier), "mingcha-team-v2", self.seed, code, seat)]
        skipped = {"recused": len(allowed) - len(left), "seated": len(left) - len(free), "load": len(free) - len(tier)}
        counts = [skipped.get(cause, causes.count(cause)) for cause in CAUSES]
        self.rows.append((code, seat, who, ";".join(departments), skill, *map(str, [least, len(tier), *counts])))
        seated.append(who)

    def visit(self, code: str, place: str, needs: set[tuple[str, str]], size: int) -> None:
        """The whole team of one visit: every department with its skill, then anybody of them until it is full."""
        seated: list[str] = []
        for department, skill in sorted(needs, key=lambda need: (need[0], not need[1], need[1])):
            mates = [self.people[who] for who in seated]
            if not any(mate[1] == department and (not skill or skill in mate[3].split(";")) for mate in mates):
                self.seat(code, place, seated, [department], skill)
        while len(seated) < size:
            self.seat(code, place, seated, sorted({department for department, _ in needs}), "")
        for who in seated:
            self.load[who] += 1


def check_auditors(files: Files, told: dict[str, Any], digest: str) -> str:
    """Everything: the plan as announced, the seed, the lists, the teams."""
    key = files["key.txt"].decode().strip()
    plan = check_plan(files, told, key)
    parties = sorted(
        (one["party"], one["salt"], one["value"]) for one in json.loads(files["reveals.json"])["rounds"][-1]
    )
    seed = hashed("mingcha-seed-v2", digest, key, *(field for party in parties for field in party))
    visits, teams = check_draw(files, plan, seed), Teams(files, plan, seed)
    same(files, "absent.csv", sorted(teams.absent.items()))
    expect(plan["inspectors_per_visit"] >= 2, "fewer than 2 inspectors a visit")
    needs = {task["task_id"]: (task["department_id"], task["skill"]) for task in plan["tasks"]}
    for code, place, tasks in visits:
        teams.visit(code, place, {needs[task] for task in tasks}, plan["inspectors_per_visit"])
    same(files, "teams.csv", teams.rows)
    frame, drawn = len(table(files, "frame.csv")), len(table(files, "drawn.csv"))
    expect((frame, drawn) == (told["frame_count"], told["drawn_count"]), "the announcement tells other totals")
    return f"{drawn} drawn of {frame} in {len(plan['strata'])} strata, {len(visits)} visits: list and teams hold"


def check_public(files: Files, told: dict[str, Any]) -> str:
    """What outsiders can see: the frame's root, and that all drawn were in the frame."""
    leaves, drawn = files["leaves.txt"].decode().split(), table(files, "drawn.csv", SEALED)
    expect(merkle_root([bytes.fromhex(leaf) for leaf in leaves]) == told["roots"]["frame"], "the frame root differs")
    known = set(leaves)
    for row in drawn:
        expect(sha256(b"\x00" + framed(*row)).hex() in known, f"{row[1]} was drawn but is not in the frame")
    counts = (len(leaves), len(drawn), len({row[:2] for row in drawn}))
    expect(
        counts == (told["frame_count"], told["drawn_count"], told["drawn_count"]), "the announcement tells other totals"
    )
    return f"{len(drawn)} drawn of {len(leaves)}: all were in the frame; why these is for auditors to check"


def check_proof(path: Path, told: dict[str, Any], digest: str) -> str:
    """That one entity was in the frame that was announced."""
    given = json.loads(path.read_text(encoding="utf-8"))
    node = sha256(b"\x00" + framed(given["task_id"], given["entity_code"], given["seal"]))
    for step in given["path"]:
        other = bytes.fromhex(step[1:])
        node = sha256(b"\x01" + (other + node if step[0] == "L" else node + other))
    expect(given["announcement"] == digest, f"{path.name} is about another announcement")
    expect(node.hex() == told["roots"]["frame"], f"{path.name} does not lead to the frame root")
    return f"{given['entity_code']} was in the frame of {given['task_id']}"


def verify(bundle: Path, published: str = "", proofs: tuple[Path, ...] = ()) -> str:
    """Check a bundle; returns the good news, raises MismatchError with the bad."""
    files = open_bundle(bundle)
    manifest = json.loads(files["manifest.json"])
    told, digest = check_announcements(files, published)
    expect(manifest["plan_id"] == told["plan_id"], "manifest.json names another plan")
    news = check_public(files, told) if manifest["edition"] == "public" else check_auditors(files, told, digest)
    news = "; ".join([news, *(check_proof(path, told, digest) for path in proofs)])
    return f"OK: plan {told['plan_id']} ({manifest['edition']}), announcement {digest}: {news}"


def main(arguments: list[str]) -> int:
    """0 when everything holds, 1 when something does not, 2 when the bundle cannot be read."""
    digests = [given for given in arguments[1:] if re.fullmatch("[0-9a-f]{64}", given)]
    proofs = tuple(Path(given) for given in arguments[1:] if given not in digests)
    try:
        print(verify(Path(arguments[0]), "".join(digests), proofs))
    except MismatchError as mismatch:
        print(f"FAILED: {mismatch}", file=sys.stderr)
        return 1
    except Exception as error:  # whatever a broken or forged file provokes must not pass for a proof
        print(f"UNREADABLE: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
