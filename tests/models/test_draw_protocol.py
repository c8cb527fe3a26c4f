"""The test vectors of docs/draw_protocol.md hold for our functions, so the page is enough to write a verifier.

Not here: general properties of a draw.
"""

import hashlib
import re
from pathlib import Path

from models.sampling.draw import draw_stratum
from models.sampling.protocol import commitment, digest, frame_root, framed, seed
from models.sampling.team import team

TEXT = (Path(__file__).parents[2] / "docs/draw_protocol.md").read_text(encoding="utf-8").partition("## 9.")[2]
LIST = ["甲", "", "a:b"]


def table(first_column: str, last_column: str) -> list[list[str]]:
    """Cells of the only table whose header begins and ends with these columns."""
    header = rf"^\| {first_column} \|(?:[^\n]*\|)? ?{last_column} \|\n"
    found = re.findall(header + r"\|[-|]+\|\n((?:\|[^\n]+\n?)+)", TEXT, re.MULTILINE)
    assert len(found) == 1, (first_column, last_column)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines()]


def named(label: str) -> str:
    """The value in backticks after a label."""
    return str(re.findall(rf"{re.escape(label)}[^:]*: `([^`]+)`", TEXT)[0])


FRAME = {row[0]: row[1] for row in table("entity_code", "stratum_id")}
VALUES = [value for value, _ in table("value", "commitment")]
SEED = named("Seed with both values")
PLAN = re.findall(r"Sizes, plan `([^`]+)`", TEXT)[0]


def test_framing() -> None:
    assert framed(LIST).hex() == re.findall(r"in hex: `(\w+)`", TEXT)[0]
    assert digest(LIST) == re.findall(r'`H\(F\("甲", "", "a:b"\)\)`: `(\w+)`', TEXT)[0]


def test_commitments_root_and_seed() -> None:
    assert [[value, commitment(value)] for value in VALUES] == table("value", "commitment")
    assert hashlib.sha256(b"\0" + framed(["E1", FRAME["E1"]])).hexdigest() == named("Leaf of E1")
    assert frame_root(FRAME) == named("Frame root")
    assert seed(named("Frame root"), VALUES) == SEED


def test_sizes_tickets_and_teams() -> None:
    tickets, teams = [], []
    for stratum_id, ratio_ppm, population, size in table("stratum_id", "drawn"):
        codes = [code for code, stratum in FRAME.items() if stratum == stratum_id]
        drawn = draw_stratum(SEED, PLAN, stratum_id, codes, int(ratio_ppm))
        assert (drawn.population, drawn.size) == (int(population), int(size))
        tickets += [[stratum_id, str(row.draw_order), row.entity_code, row.ticket] for row in drawn.ranked]
        for row in drawn.drawn:
            pair = team(SEED, PLAN, row.entity_code, ["I1", "I2", "I3"], 2)
            teams += [[row.entity_code, str(place), *seat] for place, seat in enumerate(pair, start=1)]
    assert tickets == table("stratum_id", "ticket")
    assert teams == table("entity_code", "ticket")
