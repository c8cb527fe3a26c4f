"""The generator of the simulated zone: determinism, sizes, valid codes, planted truths and planted dirt.

Not here: the SQL that reads the files (test_simulated_pack.py).
"""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from pipelines.feeds.simulated.chance import Chance
from pipelines.feeds.simulated.codes import credit_codes, misread
from pipelines.feeds.simulated.zone import simulate
from tests.pipelines.feeds.delivered import read, rows_of

ROOT = Path(__file__).parents[3]
SCALE, SEED = 0.002, 7
FULL_COUNTS = {
    "tax_filing": 12_000_000, "annual_report": 750_000, "licence": 500_000, "change": 600_000, "inspection": 1_400_000,
    "finding": 1_100_000, "penalty": 150_000, "abnormal_list": 200_000, "complaint": 800_000, "service_case": 750_000,
    "service_step": 3_700_000, "text_item": 4_200_000,
}  # fmt: skip
LIST_COUNTS = {"department": 18, "check_item": 428, "joint_item": 51, "inspector": 1512}


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    out = tmp_path_factory.mktemp("zone")
    return out, simulate(out, SCALE, SEED, lambda source, rows: None)


def digests(out: Path) -> dict[str, str]:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def latest(out: Path, source: str, column: str) -> date:
    return date.fromisoformat(str(max(read(out, source)[column].drop_nulls().to_list()))[:10])


def answer(out: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(out / "_answers" / f"{name}.parquet")


def test_same_seed_gives_identical_bytes_whatever_the_threads(
    zone: tuple[Path, dict[str, int]], tmp_path: Path
) -> None:
    code = (
        "from pathlib import Path; from pipelines.feeds.simulated.zone import simulate; "
        f"simulate(Path({str(tmp_path)!r}), {SCALE}, {SEED}, lambda s, n: None)"
    )
    environment = os.environ | {
        "POLARS_MAX_THREADS": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "3",
        "TZ": "Pacific/Apia",
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=ROOT)
    assert digests(tmp_path) == digests(zone[0])


def test_another_seed_gives_another_zone(zone: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    simulate(tmp_path, SCALE, SEED + 1, lambda source, rows: None)
    ours, theirs = digests(zone[0]), digests(tmp_path)
    same = {name for name in ours if ours[name] == theirs.get(name)}
    lists = {"department/department.xlsx", "service_item/service_item.xlsx", "service_topic/service_topic.xlsx"}
    assert same <= lists | {f"_answers/{name}.parquet" for name in ("burst", "bottleneck", "gaming")}


@given(st.integers(0, 2**63), st.lists(st.integers(0, 2**62), min_size=2, max_size=40), st.data())
def test_random_values_do_not_depend_on_chunks(seed: int, ids: list[int], data: st.DataObject) -> None:
    chance, whole = Chance(seed), np.array(ids)
    cut = data.draw(st.integers(1, len(ids) - 1))
    for draw in (
        lambda part: chance.unit("a", part),
        lambda part: chance.below("b", part, 17),
        lambda part: chance.choice("c", part, [1, 2, 3]),
        lambda part: chance.normal("d", part),
        lambda part: chance.poisson("e", part, np.full(len(part), 1.3), 9),
    ):
        assert np.array_equal(draw(whole), np.concatenate([draw(whole[:cut]), draw(whole[cut:])]))


def test_random_values_follow_their_distributions() -> None:
    chance, ids = Chance(1), np.arange(200_000)
    assert chance.unit("u", ids).mean() == pytest.approx(0.5, abs=0.005)
    assert chance.normal("n", ids).std() == pytest.approx(1.0, abs=0.01)
    assert chance.poisson("p", ids, np.full(len(ids), 0.7), 12).mean() == pytest.approx(0.7, abs=0.01)
    assert np.bincount(chance.choice("c", ids, [1, 3])) / len(ids) == pytest.approx([0.25, 0.75], abs=0.01)
    assert abs(np.corrcoef(chance.unit("x", ids), chance.unit("y", ids))[0, 1]) < 0.01


def test_codes_are_valid_distinct_and_reserved() -> None:
    ids = np.arange(5_000)
    kinds = np.array(["91", "92", "93", "N1", "A1", "Y1"])[ids % 6]
    codes = credit_codes(ids, kinds, np.full(len(ids), "610113")).to_list()
    assert len(set(codes)) == len(codes)
    for code, kind in zip(codes, kinds, strict=True):
        assert code[8:11] == "MCX"
        if kind[0] == "9":  # stdnum refuses codes that begin with a letter
            assert uscc.is_valid(code)
        assert uscc.calc_check_digit(code[:-1]) == code[-1]


@given(st.integers(2, 16), st.integers(1, 30))
def test_a_misread_code_differs_in_one_character(position: int, step: int) -> None:
    code = credit_codes(np.array([4]), np.array(["91"]), np.array(["610113"]))[0]
    other = misread(code, position, step)
    assert [n for n in range(18) if code[n] != other[n]] == [position]
    assert not uscc.is_valid(other)


def test_counts_are_near_proportion(zone: tuple[Path, dict[str, int]]) -> None:
    counts = zone[1]
    assert {name: counts[name] for name in LIST_COUNTS} == LIST_COUNTS
    for source, full in FULL_COUNTS.items():
        assert counts[source] == pytest.approx(full * SCALE, rel=0.12), source
    for source, rows in counts.items():
        assert len(read(zone[0], source)) == rows


def test_scale_and_folder_are_checked(tmp_path: Path) -> None:
    for scale in (0.0, 4.5):
        with pytest.raises(ValueError, match="scale must be above 0"):
            simulate(tmp_path, scale, 1, lambda source, rows: None)
    (tmp_path / "old.csv").write_text("x")
    with pytest.raises(FileExistsError, match="already holds files"):
        simulate(tmp_path, SCALE, 1, lambda source, rows: None)


def test_nothing_is_known_after_the_last_day(zone: tuple[Path, dict[str, int]]) -> None:
    out, last = zone[0], date(2026, 10, 31)
    assert latest(out, "finding", "报送日期") <= last
    assert latest(out, "tax_filing", "申报日期") <= last
    assert latest(out, "service_step", "开始时间") <= last
    assert latest(out, "service_step", "结束时间") <= last
    open_steps = read(out, "service_step")["结束时间"].is_null().to_list()
    assert 0 < sum(open_steps) < len(open_steps) / 20


def test_entities_end_move_merge_and_branch(zone: tuple[Path, dict[str, int]]) -> None:
    states = read(zone[0], "registration").drop_nulls("统一社会信用代码").filter(pl.col("登记状态") != "待核实")
    assert set(states["登记状态"]) == {"存续", "注销", "吊销", "迁出"}
    assert states["上级主体代码"].drop_nulls().is_in(states["统一社会信用代码"].implode()).all()
    assert states["前身主体代码"].drop_nulls().len() > 0
    moved = states.group_by("统一社会信用代码").agg(pl.col("区划代码").n_unique(), pl.col("企业名称").n_unique())
    assert (moved["区划代码"] > 1).any()
    assert (moved["企业名称"] > 1).any()
    reference = pl.read_csv(ROOT / "warehouse/reference/industry.csv", infer_schema=False)
    assert states["行业代码"].is_in(reference["industry_code"].implode()).all()


def test_duplicates_share_name_and_address(zone: tuple[Path, dict[str, int]]) -> None:
    out = zone[0]
    pairs = answer(out, "identity").filter(pl.col("kind") == "duplicate")
    assert len(pairs) > 0
    states = read(out, "registration").group_by("统一社会信用代码").agg(pl.col("企业名称", "住所"))
    seen = {row[0]: (set(row[1]), set(row[2])) for row in states.iter_rows()}
    for code, other, _ in pairs.iter_rows():
        assert seen[code][0] & seen[other][0]
        assert seen[code][1] & seen[other][1]


def test_findings_follow_tendency_and_strictness(zone: tuple[Path, dict[str, int]]) -> None:
    out = zone[0]
    inspected = read(out, "inspection").with_columns(
        problems=pl.sum_horizontal(pl.col("严重问题数", "较重问题数", "轻微问题数").cast(pl.Int64)),
        inspector_id=pl.col("检查人员").str.split(";"),
    )
    by_entity = inspected.join(answer(out, "tendency"), left_on="统一社会信用代码", right_on="entity_code")
    assert by_entity.select(pl.corr("tendency", "problems", method="spearman")).item() > 0.25
    strict = inspected.explode("inspector_id").join(answer(out, "strictness"), on="inspector_id")
    assert strict.select(pl.corr("strictness", "problems", method="spearman")).item() > 0.03


def test_penalties_follow_inspections_and_listings_follow_missing_reports(zone: tuple[Path, dict[str, int]]) -> None:
    out = zone[0]
    grave = read(out, "inspection").filter((pl.col("严重问题数") != "0") | (pl.col("较重问题数") != "0"))
    caused = read(out, "penalty")["检查编号"].drop_nulls()
    assert len(caused) > 100
    assert caused.is_in(read(out, "inspection")["检查编号"].implode()).sum() > 0.98 * len(caused)
    assert caused.is_in(grave["检查编号"].implode()).sum() > 0.98 * len(caused)
    listing = read(out, "abnormal_list")
    assert set(listing["名录类别"].drop_nulls()) >= {"经营异常名录", "严重违法失信名单"}
    assert set(listing["列入或移出"]) == {"列入", "移出"}


def test_the_last_burst_stands_out(zone: tuple[Path, dict[str, int]]) -> None:
    out = zone[0]
    burst = answer(out, "burst").sort("last_date").row(-1, named=True)
    assert burst["last_date"] == date(2026, 10, 31)
    orders = read(out, "service_case").with_columns(day=pl.col("受理时间").str.slice(0, 10).str.to_date())
    cell = orders.filter((pl.col("事项代码") == burst["item_code"]) & (pl.col("区划代码") == burst["district_code"]))
    inside = len(cell.filter(pl.col("day") >= burst["first_date"]))
    assert inside >= burst["orders"] * 0.9
    assert inside > len(cell.filter(pl.col("day") < burst["first_date"]))


def test_the_bottleneck_slows_its_step(tmp_path: Path) -> None:
    simulate(tmp_path, 0.01, 3, lambda source, rows: None)
    slow = answer(tmp_path, "bottleneck").sort("factor").row(-1, named=True)
    steps = read(tmp_path, "service_step").filter(pl.col("环节") == slow["step"])
    cases = read(tmp_path, "service_case").filter(pl.col("事项代码") == slow["item_code"])
    spent = steps.join(cases, on="办件编号", how="semi").with_columns(
        took=(pl.col("结束时间") - pl.col("开始时间")).dt.total_hours()
    )
    after = pl.col("开始时间").dt.date() >= slow["first_date"]
    medians = spent.group_by(after.alias("is_after")).agg(pl.col("took").median())
    hours: dict[bool, float] = dict(medians.iter_rows())
    assert 2.0 < hours[True] / hours[False] < 5.0


@pytest.fixture(scope="module")
def texts(zone: tuple[Path, dict[str, int]]) -> pl.DataFrame:
    """Every usable text once, with what is true of it."""
    delivered = read(zone[0], "text_item").drop_nulls("文本编号").unique("文本编号")
    return delivered.join(answer(zone[0], "text_truth"), left_on="文本编号", right_on="text_id")


def test_texts_speak_of_their_entity(zone: tuple[Path, dict[str, int]], texts: pl.DataFrame) -> None:
    assert set(texts["polarity"]) == {"negative", "positive", "neutral"}
    assert texts["正文"].str.contains(r"[{}]").sum() == 0
    assert 0.15 < texts["entity_code"].null_count() / len(texts) < 0.3
    assert texts["正文"].n_unique() > 0.97 * len(texts)
    names = read(zone[0], "registration").select(code="统一社会信用代码", name="企业名称").unique()
    told = texts.filter(pl.col("mention") == "official").join(names, left_on="entity_code", right_on="code")
    named = told.filter(pl.col("正文").str.contains(pl.col("name"), literal=True))["文本编号"].n_unique()
    assert named > 0.7 * told["文本编号"].n_unique()  # the others are written in another width, cut off or renamed
    mean = dict(
        texts.join(answer(zone[0], "tendency"), on="entity_code")
        .group_by("polarity")
        .agg(pl.col("tendency").mean())
        .iter_rows()
    )
    assert mean["negative"] > mean["positive"]


def test_reposts_follow_what_they_repeat(texts: pl.DataFrame) -> None:
    first = texts.select(repost_of="文本编号", 首发="正文", 首发时间="发布时间")
    again = texts.join(first, on="repost_of")
    assert len(again) > 0.03 * len(texts)
    assert (again["发布时间"] > again["首发时间"]).all()
    words = pl.col("正文").str.extract_all(r"\p{Han}").list
    shared = again.select(pl.col("首发").str.extract_all(r"\p{Han}").list.set_intersection(words.unique()).list.len())
    whole = again.select(pl.col("首发").str.extract_all(r"\p{Han}").list.n_unique())
    assert (shared.to_series() / whole.to_series()).min() > 0.5


@pytest.mark.parametrize(("name", "least"), [("event", 40), ("brigade", 24)])
def test_what_is_planted_stands_in_the_texts(
    zone: tuple[Path, dict[str, int]], texts: pl.DataFrame, name: str, least: int
) -> None:
    key = f"{name}_id"
    found = texts.drop_nulls(key).group_by(key).agg(
        pl.len(), pl.col("作者标识").n_unique().alias("writers"), pl.col("entity_code").drop_nulls().unique().alias("codes"),
        pl.col("发布时间").dt.date().min().alias("first"), pl.col("发布时间").dt.date().max().alias("last"), pl.col("polarity").unique(),
    )  # fmt: skip
    planted = answer(zone[0], f"text_{name}").join(found, on=key)
    assert len(planted) >= 3
    assert (planted["len"] >= 0.9 * planted["texts"]).all()
    assert (planted["texts"] >= least).all()
    assert (planted["first"] >= planted["first_date"]).all()
    assert (planted["last"] <= planted["last_date"]).all()
    assert planted["polarity"].to_list() == [["negative"]] * len(planted)
    for code, codes in planted.select("entity_code", "codes").iter_rows():
        assert codes == ([code] if code else [])
    if name == "brigade":
        assert (planted["writers"] <= planted["authors"]).all()
        assert (planted["authors"] <= 7).all()
    else:
        assert (planted["writers"] > 0.8 * planted["len"]).all()
        assert planted["entity_code"].null_count() < len(planted)


@pytest.mark.parametrize("source", ["inspection", "penalty", "licence", "complaint"])
def test_repeats_are_identical_and_corrections_are_not(zone: tuple[Path, dict[str, int]], source: str) -> None:
    files = sorted((zone[0] / source).iterdir())
    lines = {path.stem: rows_of(path).rows() for path in files}
    main = {line for name, rows in lines.items() if not name.endswith("_resent") for line in rows}
    resent = [line for name, rows in lines.items() if name.endswith("_resent") for line in rows]
    planted = {kind: rows for source_id, kind, rows in answer(zone[0], "dirt").iter_rows() if source_id == source}
    assert sum(line in main for line in resent) == planted["repeated"] > 0
    assert sum(line not in main for line in resent) == planted["corrected"]


def test_the_ledger_counts_what_the_files_hold(zone: tuple[Path, dict[str, int]]) -> None:
    out = zone[0]
    planted = {(source, kind): rows for source, kind, rows in answer(out, "dirt").iter_rows()}
    rows = read(out, "inspection")
    assert rows["检查编号"].null_count() == planted["inspection", "missing_key"]
    assert (rows["检查结果"] == "待核实").sum() == planted["inspection", "unknown_value"]
    resent = sum(len(pl.read_csv(path)) for path in (out / "inspection").glob("*_resent.csv"))
    assert resent == planted["inspection", "repeated"] + planted["inspection", "corrected"]
    assert planted["inspection", "repeated"] == pytest.approx(0.015 * len(rows), rel=0.3)
    wrong = answer(out, "code_truth").filter((pl.col("source_id") == "inspection") & (pl.col("kind") == "wrong_code"))
    assert len(wrong) == pytest.approx(0.01 * len(rows), rel=0.4)
    for delivered, true in wrong.select("delivered_code", "true_code").iter_rows():
        assert sum(a != b for a, b in zip(delivered, true, strict=True)) == 1
