"""Two lists of businesses: invented ones with known answers, in any order of rows; and the real ones where they are."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from warehouse.linking.pairs import PairsError, Side, columns_by_hand, match

REAL = Path(__file__).parents[4] / "shared" / "data" / "austin_food"
FIRST = [
    "Amber",
    "Birch",
    "Cedar",
    "Dune",
    "Ember",
    "Fern",
    "Gale",
    "Harbor",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Lantern",
    "Maple",
    "Nectar",
    "Olive",
]
SECOND = ["Kitchen", "Bakery", "Grill", "Tavern", "Noodle", "Taqueria", "Diner", "Creamery", "Smokehouse", "Deli"]
STREETS = [
    "Willow Rd",
    "Quarry Ln",
    "Mill Creek Blvd",
    "N 4th St",
    "Ridge Ave",
    "SH 71",
    "Old Post Rd",
    "Harvest Dr",
    "Union St",
    "Bay Pkwy",
]
MESS = (
    lambda name, address: (name.upper(), address.replace(" Rd", "  Road").replace(" Ave", " Avenue")),
    lambda name, address: (f"PF - {name}, LLC", f"{address} Ste 4"),
    lambda name, address: (f"The {name}", address.replace("Blvd", "Boulevard").upper()),
    lambda name, address: (name.replace("e", "", 1), address),
    lambda name, address: (f"{name} #0012", address),
    lambda name, address: (name, address),
)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """300 businesses in the second list; 200 of them, and 60 of nobody, in the first, written otherwise."""
    chance = random.Random(5)
    names = [f"{a} {b} {c}" for a in FIRST for b in FIRST if a != b for c in SECOND]
    chance.shuffle(names)
    second = [
        {
            "facility_id": f"F{n:03}",
            "restaurant_name": name,
            "address": f"{chance.randrange(100, 9900)} {chance.choice(STREETS)}",
            "zip5": f"787{n % 40:02}",
            "inspection_date": f"2025-01-{1 + n % 28:02}",
        }
        for n, name in enumerate(names[:300])
    ]
    first, truth = [], {}
    for n, row in enumerate(second[:200]):
        name, address = MESS[n % len(MESS)](row["restaurant_name"], row["address"])
        first.append({"permitID": f"P{n:03}", "p_name": name, "p_addr": address, "p_zip": row["zip5"] + "-0001"})
        truth[f"P{n:03}"] = row["facility_id"]
    for n, name in enumerate(names[300:360], start=200):
        # a stranger next door to somebody, or where somebody was before
        address = second[n % 100]["address"] if n % 3 else f"{chance.randrange(100, 9900)} {chance.choice(STREETS)}"
        first.append({"permitID": f"P{n:03}", "p_name": name, "p_addr": address, "p_zip": f"787{n % 40:02}"})
    folder = tmp_path_factory.mktemp("lists")
    pl.DataFrame(first).write_csv(folder / "first.csv")
    pl.DataFrame([*second, *(row | {"inspection_date": "2024-06-01"} for row in second[::2])]).write_parquet(
        folder / "second.parquet"
    )
    return folder / "first.csv", folder / "second.parquet", truth


def found(first: Path, second: Path, **how: bool) -> pl.DataFrame:
    return match(Side(first, "permitID", {}), Side(second, "facility_id", {}), 0.5, **how)


def test_pairs_are_found_and_strangers_are_not(lists: tuple[Path, Path, dict[str, str]]) -> None:
    first, second, truth = lists
    pairs = found(first, second)
    assert pairs.columns == ["left_id", "right_id", "probability"]
    assert pairs["left_id"].is_unique().all()
    right = sum(truth.get(left) == other for left, other, _ in pairs.rows())
    assert right / len(pairs) >= 0.99
    assert right / len(truth) >= 0.95


def test_the_order_of_rows_makes_no_difference(lists: tuple[Path, Path, dict[str, str]], tmp_path: Path) -> None:
    first, second, _ = lists
    pl.read_csv(first).sample(fraction=1, shuffle=True, seed=3).write_csv(tmp_path / "first.csv")
    pl.read_parquet(second).sample(fraction=1, shuffle=True, seed=4).write_csv(tmp_path / "second.csv")
    assert found(tmp_path / "first.csv", tmp_path / "second.csv").rows() == found(first, second).rows()


def test_chinese_names_without_addresses(tmp_path: Path) -> None:
    marks = [f"{a}{b}{c}" for a in "澄禾屿岚麦云" for b in "鹿棠苒陌栖霖" for c in "予沐泽"]
    register = [{"代码": f"C{n}", "企业名称": f"西安{mark}餐饮管理有限公司"} for n, mark in enumerate(marks)]
    asked = [{"编号": f"M{n}", "单位名称": f"西安{mark}餐饮管理有限责任公司"} for n, mark in enumerate(marks[:40])]
    pl.DataFrame(register).write_csv(tmp_path / "register.csv")
    pl.DataFrame(asked).write_csv(tmp_path / "asked.csv")
    pairs = match(Side(tmp_path / "asked.csv", "编号", {}), Side(tmp_path / "register.csv", "代码", {}), 0.5)
    assert {left: right for left, right, _ in pairs.rows()} == {f"M{n}": f"C{n}" for n in range(40)}


def test_the_command_writes_the_pairs(lists: tuple[Path, Path, dict[str, str]], tmp_path: Path) -> None:
    first, second, _ = lists
    by_hand = tmp_path / "columns.yaml"
    by_hand.write_text("left: {name: p_name, address: p_addr}\nright: {name: restaurant_name}\n")
    told = ["match", "--left", str(first), "--left-id", "permitID", "--right", str(second), "--right-id", "facility_id"]
    done = CliRunner().invoke(app, [*told, "--columns", str(by_hand), "--out", str(tmp_path / "pairs.csv")])
    assert done.exit_code == 0, done.output
    written = pl.read_csv(tmp_path / "pairs.csv")
    assert written.columns == ["left_id", "right_id", "probability"]
    assert len(written) > 150
    wrong = CliRunner().invoke(app, [*told[:-1], "nowhere", "--out", str(tmp_path / "none.csv")])
    assert wrong.exit_code == 2
    assert "nowhere" in wrong.output


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(PairsError, match=r"none\.csv"):
        found(tmp_path / "none.csv", tmp_path / "none.csv")
    (tmp_path / "columns.yaml").write_text("left: 3\n")
    with pytest.raises(PairsError, match="columns"):
        columns_by_hand(tmp_path / "columns.yaml")


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="the Austin files are not here")
def test_permits_find_their_facility() -> None:
    """Nobody holds the answers; what both files spell alike, name and street, must at least be found."""
    permits, facilities = REAL / "portal_permits_no_answer.parquet", REAL / "inspections_lt2026.parquet"
    pairs = found(permits, facilities)
    key = [pl.col(c).str.to_lowercase().str.replace_all(r"\W", "") for c in ("name", "street")]
    left = pl.read_parquet(permits).select("permitID", name="p_name_raw", street="p_addr_raw").with_columns(key)
    right = (
        pl.read_parquet(facilities).select("facility_id", "street", name="restaurant_name").unique().with_columns(key)
    )
    alike = left.join(right, on=["name", "street"]).group_by("permitID").agg("facility_id")
    judged = alike.join(pairs, left_on="permitID", right_on="left_id", how="left")
    agreed = judged.filter(pl.col("facility_id").list.contains(pl.col("right_id")))
    assert len(agreed) / len(alike) >= 0.995
    assert len(pairs) <= 0.97 * len(left)
