"""Which model reads the texts of this home: one adopted by hand, else the project's own, learnt anew after corrections.

Not here: learning (models/text) and reading (reading.py, orders.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.text.linear import LinearModel
from models.text.own import KINDS, SHIPPED, Labelled, data_digest, read_card, train_own, write
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.stamps import digest
from warehouse.state import Event
from warehouse.text.labels import labelled


def recipe(home: Home, events: Sequence[Event]) -> str:
    """Return what the models of a home rest on."""
    by_hand = [path.read_bytes() for kind in KINDS if (path := home.models / f"{kind}.npz").exists()]
    return digest(*(data_digest(kind, ()) for kind in KINDS), by_hand, list(events))


def write_models(engine: DuckDBEngine, home: Home, events: list[Event]) -> int:
    """(Re)build `text.model`: the card of the model of each kind; learns what has to be learnt."""
    cards = [_brought_up(home, kind, labelled(engine, kind, events)) for kind in KINDS]
    columns = {c.name: c.type for c in contracts("text")["model"].columns}
    rows = [
        {name: card.get(name) for name in columns} | {"model_card": json.dumps(card, ensure_ascii=False)}
        for card in cards
    ]
    return engine.load("text.model", columns, rows)


def current(home: Home, kind: str, version: str) -> LinearModel:
    """Return the model of a version.

    Raises:
        FileNotFoundError: no folder of models holds it.
    """
    for folder in _folders(home):
        card = read_card(folder, kind)
        if card is not None and card["model_version"] == version:
            return LinearModel.load(folder / f"{kind}.npz")
    raise FileNotFoundError(f"no model {version} of {kind} in {', '.join(map(str, _folders(home)))}; refresh again")


def version(engine: DuckDBEngine, kind: str) -> str:
    """Return the version of the model in use."""
    return str(engine.rows("select model_version from text.model where model_kind = ?", [kind])[0][0])


def _folders(home: Home) -> tuple[Path, ...]:
    return home.models, home.models / "own", SHIPPED


def _brought_up(home: Home, kind: str, corrections: list[Labelled]) -> dict[str, Any]:
    """Return the card of the model that is to be used."""
    if (by_hand := read_card(home.models, kind)) is not None:
        return by_hand
    wanted = data_digest(kind, corrections)
    for folder in _folders(home)[1:]:
        card = read_card(folder, kind)
        if card is not None and card["data_digest"] == wanted:
            return card
    model, card = train_own(kind, corrections)
    write(home.models / "own", kind, model, card)
    return card
