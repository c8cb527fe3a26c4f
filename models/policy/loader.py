"""Loads the policy files and answers: which value is in force on a day, and under which version.

Not here: the meaning of a value (its kernel validates it) and the tables made of it (tables.py).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.policy.exact_yaml import read_yaml

BUILT_IN = Path(__file__).parent
BASIS_FILE = "basis.yaml"


class PolicyError(ValueError):
    """A policy file is wrong, or a rule has no value on the day asked for. The message says where and what to do."""


class Basis(BaseModel):
    """A legal source. `in_force` is its first day; None means that it is no law (a local default)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    document_no: str | None = None
    issuer: str
    in_force: date | None = None
    note: str | None = None

    def citation(self) -> str:
        """Title and document number as a reader cites them."""
        return f"{self.title}（{self.document_no}）" if self.document_no else self.title


class PolicyFile(BaseModel):
    """One rule: its values by first day. A value holds until the day before the next one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$")
    title: str
    unit: str
    basis: list[str] = Field(min_length=1)
    values: dict[date, Any] = Field(min_length=1)

    @cached_property
    def first_days(self) -> list[date]:
        """The days on which a value begins, earliest first."""
        return sorted(self.values)

    def first_day_at(self, day: date) -> date | None:
        """First day of the value in force on `day`; None before the earliest value."""
        return max((first for first in self.first_days if first <= day), default=None)


@dataclass(frozen=True)
class InForce:
    """The rules in force on one day."""

    day: date
    policy: "Policy"

    def value(self, policy_id: str) -> Any:
        """Value of a rule: plain YAML data, decimals as `Decimal`.

        Raises PolicyError when there is no such rule, or none yet on this day.
        """
        rule = self.policy.files.get(policy_id)
        if rule is None:
            raise PolicyError(f"no policy {policy_id!r}; known: {', '.join(sorted(self.policy.files))}")
        first = rule.first_day_at(self.day)
        if first is None:
            raise PolicyError(
                f"{self.policy.origin[policy_id]}: policy {policy_id} has no value on {self.day}; "
                f"its first value begins on {rule.first_days[0]}. Ask for a later day or add an earlier value"
            )
        return rule.values[first]

    def kernel(self, kernel: str) -> dict[str, Any]:
        """Values of one kernel folder, by policy id; a rule that begins later is not among them."""
        return {
            policy_id: self.value(policy_id)
            for policy_id, rule in sorted(self.policy.files.items())
            if policy_id.startswith(f"{kernel}.") and rule.first_day_at(self.day) is not None
        }

    @cached_property
    def version(self) -> str:
        """First 16 hex digits of the SHA-256 of the canonical JSON of every value in force."""
        in_force = {
            policy_id: [rule.unit, self.value(policy_id)]
            for policy_id, rule in self.policy.files.items()
            if rule.first_day_at(self.day) is not None
        }
        if not in_force:
            earliest = min(rule.first_days[0] for rule in self.policy.files.values())
            raise PolicyError(f"no policy at all is in force on {self.day}; the earliest value begins on {earliest}")
        return hashlib.sha256(canonical_json(in_force).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Policy:
    """Every rule with all its dated values, and the legal sources they cite."""

    files: Mapping[str, PolicyFile]
    basis: Mapping[str, Basis]
    origin: Mapping[str, Path]
    overlays: tuple[Path, ...] = ()

    @classmethod
    def load(cls, *overlays: Path | None) -> "Policy":
        """The built-in rules; a file of an overlay replaces one of the same id before it, or adds a new one.

        An overlay may bring its own basis.yaml, whose entries are added; None stands for no overlay. Raises
        PolicyError naming the file.
        """
        files: dict[str, PolicyFile] = {}
        basis: dict[str, Basis] = {}
        origin: dict[str, Path] = {}
        laid_over = tuple(folder for folder in overlays if folder is not None)
        for folder in [BUILT_IN, *laid_over]:
            if not folder.is_dir():
                raise PolicyError(f"policy folder {folder} does not exist")
            if (folder / BASIS_FILE).exists():
                basis |= _read_basis(folder / BASIS_FILE)
            for path in sorted(folder.glob("*/*.yaml")):
                rule = _read_rule(path)
                files[rule.id], origin[rule.id] = rule, path
        policy = cls(files, basis, origin, laid_over)
        for rule in files.values():
            policy.cite(rule.basis, str(origin[rule.id]))
        return policy

    def at(self, day: date) -> InForce:
        """The rules in force on `day`."""
        return InForce(day, self)

    def version(self, day: date) -> str:
        """Policy version of `day`; see InForce.version."""
        return self.at(day).version

    def cite(self, basis_ids: list[str], where: str) -> str:
        """The sources as a reader cites them, joined by ；. Raises PolicyError for an unknown id, naming `where`."""
        if unknown := [source for source in basis_ids if source not in self.basis]:
            raise PolicyError(f"{where}: basis {', '.join(unknown)} is not in {BASIS_FILE}; add it there")
        return "；".join(self.basis[source].citation() for source in basis_ids)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces; equal values give equal text, whether written 1, 1.0 or 1.00."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _read_basis(path: Path) -> dict[str, Basis]:
    try:
        return {basis_id: Basis.model_validate(entry) for basis_id, entry in read_yaml(path).items()}
    except (yaml.YAMLError, ValidationError, AttributeError) as error:
        raise PolicyError(f"{path}: {error}") from error


def _read_rule(path: Path) -> PolicyFile:
    try:
        rule = PolicyFile.model_validate(read_yaml(path))
    except (yaml.YAMLError, ValidationError) as error:
        raise PolicyError(f"{path}: {error}") from error
    expected = f"{path.parent.name}.{path.stem}"
    if rule.id != expected:
        raise PolicyError(f"{path}: id is {rule.id}, but the place of the file says {expected}; rename one of them")
    return rule
