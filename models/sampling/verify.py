#!/usr/bin/env python3
"""Checks a published draw with nothing but the Python standard library: `python3 -I verify.py BUNDLE_DIR`.

Written from docs/draw_protocol.md alone and importing nothing of the project on purpose: an independent second opinion.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

PROTOCOL = "mingcha-draw-v1"


class MismatchError(Exception):
    """The bundle does not hold; the message says where."""


def framed(*fields: str) -> bytes:
    """Each field as <length in bytes>:<UTF-8 bytes>."""
    return b"".join(str(len(field.encode())).encode() + b":" + field.encode() for field in fields)


def sha256(data: bytes) -> bytes:
    """The 32 bytes of SHA-256."""
    return hashlib.sha256(data).digest()


def merkle_root(leaves: list[bytes]) -> bytes:
    """Recursive form of RFC 6962: split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + merkle_root(leaves[:half]) + merkle_root(leaves[half:]))


def read_rows(path: Path, columns: list[str]) -> list[dict[str, str]]:
    """Rows of a UTF-8 CSV file that must have these columns."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [column for column in columns if column not in (reader.fieldnames or [])]
        expect(not missing, f"{path.name} lacks the column {', '.join(missing)}")
        return list(reader)


def expect(holds: bool, message: str) -> None:
    """Raise MismatchError unless it holds."""
    if not holds:
        raise MismatchError(message)


def check_frame(plan: dict[str, Any], frame: list[dict[str, str]]) -> dict[str, list[str]]:
    """Frame root over the sorted frame; returns the codes of each stratum."""
    stratum_by_code = {row["entity_code"]: row["stratum_id"] for row in frame}
    expect(len(stratum_by_code) == len(frame), "frame.csv holds an entity code twice")
    expect(bool(frame), "frame.csv is empty")
    codes = sorted(stratum_by_code, key=lambda code: code.encode())
    root = merkle_root([sha256(b"\x00" + framed(code, stratum_by_code[code])) for code in codes]).hex()
    expect(root == plan["frame_root"], f"frame root is {root}, plan.json says {plan['frame_root']}: frame changed")
    strata: dict[str, list[str]] = {}
    for code in codes:
        strata.setdefault(stratum_by_code[code], []).append(code)
    return strata


def check_seed(plan: dict[str, Any]) -> None:
    """Seed from the frame root and the revealed values; the values against their commitments when published."""
    revealed = sorted(plan["revealed"], key=lambda value: value.encode())
    expect(bool(revealed), "plan.json reveals no value: the seed was not shared between parties")
    seed = sha256(framed("mingcha-seed-v1", plan["frame_root"], *revealed)).hex()
    expect(seed == plan["seed"], f"seed is {seed}, plan.json says {plan['seed']}: a value or the seed changed")
    if "commitments" in plan:
        bound = sorted(sha256(framed("mingcha-commit-v1", value)).hex() for value in revealed)
        expect(bound == sorted(plan["commitments"]), "a revealed value does not fit its commitment")


def stratum_size(population: int, ppm: int) -> int:
    """The ratio of the population rounded up, at least one, at most all."""
    whole, rest = divmod(ppm * population, 1000000)
    return min(population, max(1, whole + (rest > 0)))


def check_strata(plan: dict[str, Any], strata: dict[str, list[str]], drawn: list[dict[str, str]]) -> None:
    """Size, tickets, order and members of every stratum."""
    stated = {stratum["stratum_id"]: stratum for stratum in plan["strata"]}
    expect(len(stated) == len(plan["strata"]), "plan.json holds a stratum twice")
    expect(set(stated) == set(strata), f"strata of plan.json and frame.csv differ: {sorted(set(stated) ^ set(strata))}")
    strangers = sorted({row["stratum_id"] for row in drawn} - set(stated))
    expect(not strangers, f"drawn.csv names unknown strata: {strangers}")
    for stratum_id, codes in strata.items():
        ppm = stated[stratum_id]["ratio_ppm"]
        expect(isinstance(ppm, int) and 0 <= ppm <= 1000000, f"stratum {stratum_id}: ratio {ppm} ppm is impossible")
        size = stratum_size(len(codes), ppm)
        for name, value in (("population", len(codes)), ("drawn", size)):
            told = stated[stratum_id][name]
            expect(told == value, f"stratum {stratum_id}: {name} is {value}, plan.json says {told}")
        tickets = sorted(
            (sha256(framed(PROTOCOL, plan["seed"], plan["plan_id"], stratum_id, code)).hex(), code) for code in codes
        )
        right = [(str(place), *pair) for place, pair in enumerate(tickets[:size], start=1)]
        rows = [row for row in drawn if row["stratum_id"] == stratum_id]
        listed = [(row["draw_order"], row["ticket"], row["entity_code"]) for row in rows]
        expect(len(listed) == size, f"stratum {stratum_id}: drawn.csv lists {len(listed)} entities, {size} are drawn")
        for told_row, row in zip(listed, right):  # noqa: B905 (Python 3.8 has no strict; the lengths were compared)
            expect(told_row == row, f"stratum {stratum_id}: drawn.csv has {told_row}, the draw gives {row}")


def check_teams(plan: dict[str, Any], folder: Path, drawn: list[dict[str, str]]) -> None:
    """Inspectors of every drawn entity: the smallest team tickets among those of its pool who are not recused."""
    pool_by_code = {row["entity_code"]: row["pool_id"] for row in read_rows(folder / "frame.csv", ["pool_id"])}
    eligible: dict[str, set[str]] = {}
    for row in read_rows(folder / "inspectors.csv", ["pool_id", "inspector_id"]):
        eligible.setdefault(row["pool_id"], set()).add(row["inspector_id"])
    recused: dict[str, set[str]] = {}
    if (folder / "recusals.csv").exists():
        for row in read_rows(folder / "recusals.csv", ["entity_code", "inspector_id"]):
            recused.setdefault(row["entity_code"], set()).add(row["inspector_id"])
    size = plan["inspectors_per_visit"]
    expect(isinstance(size, int) and size >= 2, f"inspectors_per_visit is {size}; at least 2 must go")
    for row in drawn:
        code = row["entity_code"]
        pool = eligible.get(pool_by_code[code], set()) - recused.get(code, set())
        expect(len(pool) >= size, f"entity {code}: only {len(pool)} inspectors are eligible, {size} are needed")
        prefix = framed("mingcha-team-v1", plan["seed"], plan["plan_id"], code)
        tickets = sorted((sha256(prefix + framed(inspector)).hex(), inspector) for inspector in pool)
        right = ";".join(inspector for _, inspector in tickets[:size])
        told = row.get("inspector_ids")
        expect(told == right, f"entity {code}: drawn.csv sends {told}, the draw sends {right}")


def verify(folder: Path) -> str:
    """Check the bundle in `folder`; returns the good news, raises MismatchError with the bad."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8-sig"))
    expect(plan["protocol"] == PROTOCOL, f"protocol is {plan['protocol']}; this program checks {PROTOCOL}")
    frame = read_rows(folder / "frame.csv", ["entity_code", "stratum_id"])
    drawn = read_rows(folder / "drawn.csv", ["stratum_id", "draw_order", "ticket", "entity_code"])
    strata = check_frame(plan, frame)
    check_seed(plan)
    check_strata(plan, strata, drawn)
    teams = (folder / "inspectors.csv").exists()
    if teams:
        check_teams(plan, folder, drawn)
    told = "root, seed, sizes, tickets, order, list" + (", teams" if teams else "")
    return f"OK: plan {plan['plan_id']}, {len(drawn)} drawn of {len(frame)} in {len(strata)} strata: {told} hold"


def main(arguments: list[str]) -> int:
    """0 when everything holds, 1 when something does not, 2 when the bundle cannot be read."""
    if len(arguments) != 1:
        print("usage: python3 -I verify.py BUNDLE_DIR", file=sys.stderr)
        return 2
    try:
        print(verify(Path(arguments[0])))
    except MismatchError as mismatch:
        print(f"FAILED: {mismatch}", file=sys.stderr)
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"UNREADABLE: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
