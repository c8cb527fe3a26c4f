"""The two editions of a drawn plan as files: everything for auditors, and what the public may have.

Bytes only: archives and folders are written in warehouse/bundle.py. What each edition proves: docs/draw_protocol.md.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from models.sampling.announcement import Reveal, check_reveals, frame_leaves, frame_seals, plan_seal, roots, seed_of
from models.sampling.draw_text import draw_files
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_text import csv_bytes, files_of, json_bytes
from models.sampling.protocol import PROTOCOL, proof

MANIFEST = "manifest.json"
PUBLIC_NOTE = """\
双随机抽查：公开版

本包可以证明：
1. 抽取前公布的承诺书（announcement-*.json）与各方密封值未被改动，各方揭示的值与其密封值相符（reveals.json）；
2. 名录根由 leaves.txt 算出，名录户数、抽取户数与承诺书一致；
3. 每个抽中对象（drawn.csv）抽取前已在冻结的名录里。任何人都可另行索取某一主体的在册证明。

核验：python3 -I verify.py 本包.zip 承诺书摘要        只需 Python 3.10 以上，不需安装任何软件。

本包不能证明，须由持审计版的监督方（纪检、司法、公证等）核验：
1. 名录是否齐全，被排除的主体是否应当排除；
2. 各层比例与户数，抽签号由小到大的次序，即为什么抽中的是这些主体；
3. 检查人员的抽取与回避。
这些内容会泄露主体的信用或风险等级，而等级不对外公开；抽签号含一把不公开的钥匙，正是为此。
审计版清单的摘要写在 manifest.json 的 auditors_manifest，日后出示的审计版必须与之相符。

“抽中”本身不说明主体有问题：每个主体，无论等级，都有可能被抽中。
"""


def auditors_edition(
    plan: FrozenPlan,
    key: str,
    announcements: Sequence[bytes],
    rounds: Sequence[Sequence[Reveal]],
    verifier: bytes,
) -> dict[str, bytes]:
    """Draw, and return all files but the manifest: the plan, all rounds, the key, the lists, the teams, the verifier.

    `rounds` are the values revealed in each announced round, in all but the last of which somebody refused.
    Raises ValueError when a value does not fit its commitment, one of the last round is missing, or the plan is not the
    one that was announced.
    """
    last = json.loads(announcements[-1])
    check_reveals(last, rounds[-1])
    if (last["roots"], last["plan_seal"]) != (roots(plan, key), plan_seal(plan, key)):
        raise ValueError(f"plan {plan.plan_id} is not the one that was announced: it was changed after its freeze")
    told = [[asdict(reveal) for reveal in sorted(given, key=lambda one: one.party)] for given in rounds]
    return {
        **{f"announcement-{number}.json": given for number, given in enumerate(announcements, start=1)},
        "reveals.json": json_bytes({"rounds": told}),
        "key.txt": f"{key}\n".encode(),
        **files_of(plan),
        **draw_files(plan, seed_of(announcements[-1], key, rounds[-1])),
        "verify.py": verifier,
    }


def public_edition(plan: FrozenPlan, auditors: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the public may have of a sealed auditors' edition: no stratum, size, ratio, ticket, cause, inspector or key.

    The drawn come in order of task and entity, each with the seal of its row in the frame; no two seals are alike, so
    that nobody can tell who was drawn from the same stratum.
    """
    key = auditors["key.txt"].decode().strip()
    sealed = plan.frame.select("task_id", "entity_code").with_columns(pl.Series("seal", frame_seals(plan, key)))
    drawn = pl.read_csv(auditors["drawn.csv"], columns=["task_id", "entity_code"], infer_schema=False)
    listed = sealed.join(drawn, on=["task_id", "entity_code"], how="semi", maintain_order="left")
    kept = {name: told for name, told in auditors.items() if name.startswith("announcement-")}
    files = {
        **kept,
        "reveals.json": auditors["reveals.json"],
        "drawn.csv": csv_bytes(listed),
        "leaves.txt": "".join(f"{leaf.hex()}\n" for leaf in frame_leaves(plan, key)).encode(),
        "README.txt": PUBLIC_NOTE.encode(),
        "verify.py": auditors["verify.py"],
    }
    return sealed_files(files, plan.plan_id, "public", auditors_manifest=sha256(auditors[MANIFEST]))


def sealed_files(files: Mapping[str, bytes], plan_id: str, edition: str, **more: str) -> dict[str, bytes]:
    """The files with a manifest that names each of them with its SHA-256."""
    digests = {name: sha256(data) for name, data in sorted(files.items())}
    manifest = {"protocol": PROTOCOL, "edition": edition, "plan_id": plan_id, "files": digests, **more}
    return {**files, MANIFEST: json_bytes(manifest)}


def inclusion_proof(plan: FrozenPlan, key: str, announced: bytes, entity_code: str) -> list[dict[str, Any]]:
    """For every task whose frame holds the entity, a proof of it that tells neither its stratum nor anybody else.

    Raises ValueError when no frame of the plan holds it.
    """
    rows = list(plan.frame.select("task_id", "entity_code").iter_rows())
    mine = [place for place, (_, code) in enumerate(rows) if code == entity_code]
    if not mine:
        raise ValueError(f"{entity_code} is in no frame of plan {plan.plan_id}")
    seals, leaves = frame_seals(plan, key), frame_leaves(plan, key)
    return [
        {
            "announcement": sha256(announced),
            "plan_id": plan.plan_id,
            "task_id": rows[place][0],
            "entity_code": entity_code,
            "seal": seals[place],
            "path": proof(leaves, place),
        }
        for place in mine
    ]


def sha256(data: bytes) -> str:
    """SHA-256 of a file as hex."""
    return hashlib.sha256(data).hexdigest()
