"""The steps of a draw in their only order: commit → announce (the freeze) → reveal → draw; a refusal voids the round.

Who did what is an event in state.sqlite, announced files stand beside the frozen plan; the rules are models/sampling.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from models.sampling import editions
from models.sampling.announcement import Commitment, Reveal, announcement
from models.sampling.eligibility import shortages
from models.sampling.frozen import FrozenPlan
from warehouse.bundle import VERIFIER, write_zip
from warehouse.frozen_plan import read_frozen
from warehouse.home import Home
from warehouse.protocol_pdf import protocol_pdf
from warehouse.state import State

COMMIT, ANNOUNCE, REVEAL, REFUSE, DRAW = "commit", "announce", "reveal", "refuse", "draw"
_TOLD = 5  # shortages that an error names; the number of all of them stands beside


class OrderError(ValueError):
    """A step out of its order; the message says which one has to come first."""


@dataclass(frozen=True)
class Who:
    """Who takes a step, and why."""

    actor: str
    reason: str


def folder_of(home: Home, plan: str) -> Path:
    """Return the folder of a frozen plan: `plan` itself when it is one, else `<home>/plans/<plan>`."""
    given = Path(plan)
    return given if (given / "plan.json").is_file() else home.root / "plans" / given.name


class Ceremony:
    """The draw of one plan; `plan_id` need not be frozen before its first commitment."""

    def __init__(self, state: State, folder: Path, plan_id: str) -> None:
        self._state, self._folder, self.plan_id = state, folder, plan_id

    @classmethod
    def of(cls, home: Home, plan: str) -> Ceremony:
        """The ceremony of a plan by its id or folder."""
        folder = folder_of(home, plan)
        told = folder / "plan.json"
        plan_id = json.loads(told.read_text(encoding="utf-8"))["plan_id"] if told.is_file() else folder.name
        return cls(State(home.state), folder, str(plan_id))

    @property
    def coming_round(self) -> int:
        """The round for which values may be sealed; raises OrderError when the last one is announced and not void."""
        coming = self._announced() + 1
        if coming > 1 and not self._refused(coming - 1):
            raise OrderError(f"plan {self.plan_id} is announced: no value can be sealed any more")
        return coming

    def commit(self, party: str, sealed: str, who: Who) -> None:
        """Take in the sealed value of a party for the coming round.

        Raises:
            OrderError: a round is announced already, or the party has committed or refused before.
            ValueError: this is no commitment.
        """
        coming = self.coming_round
        if not party.strip() or len(sealed) != 64 or set(sealed) - set("0123456789abcdef"):
            raise ValueError(f"{party!r}: a commitment is a party's name and 64 lower-case hex digits")
        if any(one.party == party for one in self._commitments(coming)):
            raise OrderError(f"{party} has committed itself for round {coming} already; a commitment is never replaced")
        if party in [name for number in range(1, coming) for name in self._refused(number)]:
            raise OrderError(f"{party} refused to reveal in an earlier round and may not take part again")
        self._record(COMMIT, who, {"round": coming, "party": party, "commitment": sealed})

    def announce(self, reveal_by: date, who: Who) -> tuple[Path, str]:
        """Freeze: write the announcement of the coming round; return its file and digest, which are to be published.

        Raises:
            OrderError: a round is open, or fewer than two parties have committed themselves.
            ValueError: the plan cannot be drawn, or some entities could not be visited by a lawful team.
        """
        done = self._announced()
        refused = self._refused(done)
        if done and not refused:
            raise OrderError(
                f"round {done} of plan {self.plan_id} is announced and open: it is now for parties to reveal"
            )
        plan = read_frozen(self._folder)
        parties = self._commitments(done + 1)
        if len(parties) < 2:
            raise OrderError(
                f"{len(parties)} parties have committed themselves to round {done + 1} of plan {self.plan_id}; at "
                "least two must, each with `mingcha commit`"
            )
        if not done:
            _require_teams(plan)
            _write(self._folder / "key.txt", f"{secrets.token_hex(32)}\n".encode())
            _write(self._folder / "verify.py", VERIFIER.read_bytes())
        made = announcement(
            plan,
            self._key,
            parties,
            reveal_by=reveal_by,
            verifier_digest=editions.sha256(self._verifier),
            before=self._announcements(),
            refused=refused,
        )
        path = self._folder / f"announcement-{done + 1}.json"
        _write(path, made)
        digest = editions.sha256(made)
        self._record(ANNOUNCE, who, {"round": done + 1, "announcement": digest})
        return path, digest

    def reveal(self, given: Reveal, who: Who) -> None:
        """Take in a revealed value of the open round; the same value again changes nothing.

        Raises:
            OrderError: nothing is announced, or the round is void.
            ValueError: the value does not fit the party's commitment, or the party has none.
        """
        number = self._open()
        bound = {one.party: one.commitment for one in self._commitments(number)}
        if bound.get(given.party) != given.commitment(self.plan_id, number):
            raise ValueError(f"the value of {given.party} does not fit its commitment to round {number}; it is refused")
        if given not in self._reveals(number):
            self._record(REVEAL, who, {"round": number, **asdict(given)})

    def refuse(self, party: str, today: date, who: Who) -> int:
        """Void the open round because a party has not revealed in time; return the number of the round.

        Raises:
            OrderError: nothing is open, the time has not passed, or the plan is drawn.
            ValueError: the party has revealed, or is none of this round.
        """
        number = self._open()
        until = json.loads(self._announcements()[-1])["reveal_by"]
        if today.isoformat() <= until:
            raise OrderError(f"{party} may reveal until {until}; a round is void only after that day")
        missing = self._missing(number)
        if party not in missing:
            raise ValueError(f"{party} is not among those who have yet to reveal: {', '.join(missing) or 'nobody'}")
        if self._state.events(DRAW, self.plan_id):
            raise OrderError(f"plan {self.plan_id} is drawn")
        self._record(REFUSE, who, {"round": number, "refused": missing})
        return number

    def draw(self, out: Path, public: Path, who: Who) -> dict[str, Any]:
        """Draw, write both editions, and return what to publish of it; drawing again writes the same bytes.

        Raises:
            OrderError, ValueError: nothing is announced, or a party has not revealed.
            FontMissingError: the minutes cannot be set.
        """
        number = self._open()
        plan = read_frozen(self._folder)
        rounds = [self._reveals(earlier) for earlier in range(1, number + 1)]
        files = editions.auditors_edition(plan, self._key, self._announcements(), rounds, self._verifier)
        files["protocol.pdf"] = protocol_pdf(files)
        auditors = editions.sealed_files(files, plan.plan_id, "auditors")
        write_zip(out, auditors)
        write_zip(public, editions.public_edition(plan, auditors))
        told = {
            "round": number,
            "announcement": editions.sha256(self._announcements()[-1]),
            "auditors_manifest": editions.sha256(auditors[editions.MANIFEST]),
        }
        if told not in [event.payload for event in self._state.events(DRAW, self.plan_id)]:
            self._record(DRAW, who, told)
        return told

    def prove(self, entity_code: str) -> list[dict[str, Any]]:
        """Proofs that an entity was in the frame of the open round, one for each task.

        Raises:
            OrderError: nothing is announced.
            ValueError: no frame of the plan holds the entity.
        """
        self._open()
        return editions.inclusion_proof(read_frozen(self._folder), self._key, self._announcements()[-1], entity_code)

    @property
    def _key(self) -> str:
        return (self._folder / "key.txt").read_text().strip()

    @property
    def _verifier(self) -> bytes:
        """The verifier that was announced; one that was improved since is for later plans."""
        return (self._folder / "verify.py").read_bytes()

    def _announced(self) -> int:
        return len(self._state.events(ANNOUNCE, self.plan_id))

    def _open(self) -> int:
        """The round in which values may be revealed."""
        number = self._announced()
        if not number:
            raise OrderError(
                f"plan {self.plan_id} is not announced; `mingcha announce` comes before any value is revealed"
            )
        if self._refused(number):
            raise OrderError(
                f"round {number} of plan {self.plan_id} is void; seal new values and announce the next round"
            )
        return number

    def _announcements(self) -> list[bytes]:
        """The announced files, each as its event says it was."""
        found = []
        for event in self._state.events(ANNOUNCE, self.plan_id):
            path = self._folder / f"announcement-{event.payload['round']}.json"
            found.append(path.read_bytes())
            if editions.sha256(found[-1]) != event.payload["announcement"]:
                raise ValueError(
                    f"{path} is not what was announced: it was changed afterwards; restore it from a backup"
                )
        return found

    def _commitments(self, number: int) -> list[Commitment]:
        return [Commitment(told["party"], told["commitment"]) for told in self._told(COMMIT, number)]

    def _reveals(self, number: int) -> list[Reveal]:
        return [Reveal(told["party"], told["salt"], told["value"]) for told in self._told(REVEAL, number)]

    def _missing(self, number: int) -> list[str]:
        return sorted({one.party for one in self._commitments(number)} - {one.party for one in self._reveals(number)})

    def _refused(self, number: int) -> list[str]:
        return [name for told in self._told(REFUSE, number) for name in told["refused"]]

    def _told(self, kind: str, number: int) -> list[dict[str, Any]]:
        return [e.payload for e in self._state.events(kind, self.plan_id) if e.payload.get("round") == number]

    def _record(self, kind: str, who: Who, payload: dict[str, Any]) -> None:
        self._state.record(kind, self.plan_id, who.actor, who.reason, payload)


def new_reveal(party: str, value: str) -> Reveal:
    """A party's secret, with 32 random bytes of salt."""
    return Reveal(party, secrets.token_hex(32), value)


def write_reveal(path: Path, plan_id: str, number: int, secret: Reveal) -> None:
    """Write a secret for its party to keep until the reveal; raises FileExistsError rather than lose another one."""
    told = {"plan_id": plan_id, "round": number, **asdict(secret)}
    with path.open("x", encoding="utf-8") as handle:
        path.chmod(0o600)
        json.dump(told, handle, ensure_ascii=False, indent=1)


def read_reveal(path: Path) -> Reveal:
    """Read what `write_reveal` wrote. Raises ValueError when it is no such file."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Reveal(str(told["party"]), str(told["salt"]), str(told["value"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} holds no revealed value (party, salt, value as JSON): {error}") from error


def _require_teams(plan: FrozenPlan) -> None:
    found = shortages(plan)
    if first := list(islice(found, _TOLD)):
        told = "\n".join(
            f"{short.entity_code} ({short.task_id}): {short.available} of {short.needed} may go; passed over: "
            + ", ".join(f"{cause} {count}" for cause, count in short.skipped.items() if count)
            for short in first
        )
        count = len(first) + sum(1 for _ in found)
        raise ValueError(
            f"{count} entities of plan {plan.plan_id} could not be visited by a lawful team if drawn:\n{told}\n"
            "add inspectors, widen their districts, or exclude these entities with their cause, and freeze again"
        )


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
