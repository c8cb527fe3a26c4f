"""Making one person's rows anonymous for good, wherever a home keeps them; the next refresh works with what is left.

Codes, names and addresses of a sole proprietor, or the number and certificate of an inspector, are replaced by words
drawn at random that are kept nowhere: events stay, whose they were does not. Not here: which snapshot to publish then.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from models.matching.credit_code import ALPHABET, check_character
from warehouse import ledger
from warehouse.deliveries import Archive
from warehouse.engine import DuckDBEngine
from warehouse.feed import Feed
from warehouse.home import Home
from warehouse.redact import redact, replaced
from warehouse.retention import is_public
from warehouse.state import State

KIND = "erasure"
_JOURNAL = "erasing.json"
_OF_PROPRIETOR = """
select h.entity_id, h.entity_code, c.code_system, h.legal_form, h.name, h.address
from entity.history as h join entity.code as c on c.entity_code = h.entity_code
where h.entity_id in (select entity_id from entity.code where entity_code = ?)
"""
_NAMED = "select distinct entity_name from entity.link where entity_id = ? and entity_name is not null"
_OTHERS = """
select count(*) from entity.history
where entity_id <> ? and (position(? in name) > 0 or position(? in coalesce(address, '')) > 0)
"""
_INSPECTOR = "select inspector_id, certificate_no from entity.inspector where inspector_id = ?"


@dataclass(frozen=True)
class Plan:
    """What is replaced by what; ids are those of the entity before and after (0 for an inspector).

    `shared` words also stand in what is told of others and are left where they are.
    """

    words: dict[str, str]
    old_id: int
    new_id: int
    shared: list[str]


@dataclass(frozen=True)
class Erased:
    """How much was rewritten: delivered files, files of grades, events of people."""

    delivered: int
    grade_files: int
    events: int


def proprietor(home: Home, code: str) -> Plan:
    """Return what names a sole proprietor, from the warehouse, inside `Home.writing()`.

    Raises:
        ValueError: the code is unknown, or its bearer is no natural person.
    """
    with _warehouse(home) as engine:
        rows = engine.rows(_OF_PROPRIETOR, [code])
        if not rows:
            raise ValueError(f"no entity {code} in the warehouse; run `mingcha refresh` first, or look at the code")
        if all(row[3] != "sole_proprietor" for row in rows):
            raise ValueError(f"{code} is no sole proprietor; data of legal persons are not personal and are not erased")
        entity_id, system = int(rows[0][0]), str(rows[0][2])
        codes = sorted({str(row[1]) for row in rows})
        names = {row[4] for row in rows} | {name for (name,) in engine.rows(_NAMED, [entity_id])}
        texts = {word for word in names | {row[5] for row in rows} if word}
        shared = sorted(word for word in texts if engine.rows(_OTHERS, [entity_id, word, word])[0][0])
    words = {old: _code_like(old) for old in codes}
    words |= {word: f"已匿名{secrets.token_hex(4)}" for word in texts - set(shared)}
    new_code = words[str(rows[0][1])]
    new_id = int(hashlib.sha256(f"{system}:{new_code}".encode()).hexdigest()[:15], 16)
    return Plan(words, entity_id, new_id, shared)


def inspector(home: Home, number: str) -> Plan:
    """Return what names an inspector, from the warehouse, inside `Home.writing()`.

    Raises:
        ValueError: there is no inspector of this number.
    """
    with _warehouse(home) as engine:
        rows = engine.rows(_INSPECTOR, [number])
    if not rows:
        raise ValueError(f"no inspector {number} in the warehouse")
    words = {str(word): f"X{secrets.token_hex(6)}" for word in rows[0] if word}
    return Plan(words, 0, 0, [])


def pending(home: Home) -> Plan | None:
    """Return an erasure that was begun and not ended; it has to be carried on before anything else."""
    journal = home.root / _JOURNAL
    return Plan(**json.loads(journal.read_text("utf-8"))) if journal.exists() else None


def carry_out(home: Home, feeds: Sequence[Feed], plan: Plan, actor: str, reason: str) -> Erased:
    """Rewrite everything but the snapshots, inside `Home.writing()`; the warehouse is removed and has to be refreshed.

    May be repeated after a crash: what is being replaced stands in a journal until `finish`.
    """
    journal = home.root / _JOURNAL
    journal.touch(mode=0o600)
    journal.write_text(json.dumps(asdict(plan), ensure_ascii=False), encoding="utf-8")
    words = dict(plan.words)
    delivered = _deliveries(home, feeds, words)
    grade_files = _grades(home, plan)
    visits = [*home.results.glob("*.jsonl"), *home.results.glob("received/*"), *home.plans.glob("*/issued.csv")]
    for path in sorted([*home.quality.glob("*.jsonl"), *visits]):
        _rewrite(path, partial(replaced, words=words))
    if plan.old_id:
        words[str(plan.old_id)] = str(plan.new_id)
    state = State(home.state)
    events = state.redact(partial(replaced, words=words))
    state.record(
        KIND, str(plan.new_id), actor, reason, {"delivered_files": delivered, "shared_words": len(plan.shared)}
    )
    for derived in (home.proposals, home.backtests):
        shutil.rmtree(derived, ignore_errors=True)
    for bundle in [path for folder in (home.draws, *home.archive.glob("*/draws")) for path in folder.glob("*")]:
        if not is_public(bundle):  # a draw with revealed values is a public act that anyone may still verify
            shutil.rmtree(bundle)
    for left in home.root.glob(home.warehouse.name + "*"):
        left.unlink()
    return Erased(delivered, grade_files, events)


def finish(home: Home) -> list[str]:
    """Remove every snapshot but the published one, inside `Home.writing()`, end the journal; return what went."""
    current = (home.serving / "CURRENT").read_text().strip()
    gone = [path for path in home.serving.glob("serving-*") if path.name != current]
    for path in gone:
        path.unlink()
    (home.root / _JOURNAL).unlink(missing_ok=True)
    return sorted(path.name for path in gone)


def _deliveries(home: Home, feeds: Sequence[Feed], words: dict[str, str]) -> int:
    """Rewrite archived and landed files; `words` gains the loads that change their id, which corrections name."""
    archive, count = Archive(home.deliveries), 0
    with TemporaryDirectory(dir=home.deliveries) as folder:
        target = Path(folder) / "redacted"
        for feed in feeds:
            for source_id, source in feed.sources.items():
                for delivery in archive.of_source(feed, source):
                    if redact(archive.path(delivery), target, source.format, source.encoding, words):
                        new = archive.replace(delivery, target)
                        words[delivery.load_id(source_id)] = new.load_id(source_id)
                        count += 1
                landed = home.landing.glob(source.files) if source.files and home.landing.is_dir() else ()
                for path in landed:
                    if redact(path, target, source.format, source.encoding, words):
                        shutil.copyfile(target, path)
    return count


def _grades(home: Home, plan: Plan) -> int:
    """Rewrite the ledger and the monthly archive, which know an entity by its number and code."""
    if not plan.old_id:
        return 0
    renewed = {}
    for name in sorted({run.file for run in ledger.runs(home)}):
        path = home.ledger / name
        frame = pl.read_parquet(path)
        if plan.old_id in frame["entity_id"]:
            ledger.store(path, _renumbered(frame, plan))
            renewed[name] = ledger.digest(path)
    if renewed:
        ledger.append(home, {"renewed": renewed})
    count = len(renewed)
    for path in sorted(home.archive.glob("*/*.parquet")):
        before, frame = ledger.digest(path), pl.read_parquet(path)
        if plan.old_id in frame["entity_id"]:
            codes = [name for name, kind in frame.schema.items() if kind == pl.String]
            after = _renumbered(frame, plan).with_columns(pl.col(codes).replace(plan.words)).sort("entity_id")
            after.write_parquet(path)
            _rewrite(path.with_name("versions.jsonl"), partial(replaced, words={before: ledger.digest(path)}))
            count += 1
    return count


def _renumbered(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    return frame.with_columns(pl.col("entity_id").replace(plan.old_id, plan.new_id)).sort("entity_id")


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    if path.exists():
        beside = path.with_name(path.name + ".partial")
        beside.write_text(change(path.read_text("utf-8")), encoding="utf-8")
        beside.chmod(0o600)
        beside.replace(path)


def _warehouse(home: Home) -> DuckDBEngine:
    if not home.warehouse.exists():
        raise ValueError(f"{home.warehouse} is not there; run `mingcha refresh` first")
    return DuckDBEngine(home.warehouse, home.temp, memory_limit="1GB")


def _code_like(old: str) -> str:
    """A random code of the same form and the same area: valid where the old one was, so that its rows stay usable."""
    if len(old) != 18:
        return f"X{secrets.token_hex(8)}".upper()
    body = old[:8] + "".join(secrets.choice(ALPHABET) for _ in range(9))
    return body + check_character(body)
