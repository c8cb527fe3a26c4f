"""Files of texts as they come: encodings, line ends, quotes, blanks, odd rows; and that every row is answered in order.

Not here: how good the answers are.
"""

import csv
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from models.text.training import TrainingError
from pipelines.cli import app
from tests.warehouse import small
from warehouse.text.classifying import classify
from warehouse.text.files import Columns, TextFileError, known_titles, read

GOOD = ["菜很新鲜，服务热情", "非常满意，下次还来", "价格实惠，味道好", "店里干净，推荐", "送得快，好吃"]
BAD = ["菜是馊的，态度恶劣", "非常失望，再也不来", "乱收费，味道差", "店里很脏，差评", "送得慢，难吃"]
ROWS = [
    {"正文": f"{text}{n}", "标签": label}
    for n in range(4)
    for label, texts in (("1", GOOD), ("0", BAD))
    for text in texts
]


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    rows = [{"正文": '第一行\n\t　第二行，有"引号"，有𠮷字', "标签": " 1 "}, {"正文": "", "标签": "0"}]
    found = read(write(tmp_path / "x.csv", rows, encoding), Columns("正文", "标签"))
    assert found.rows() == [(rows[0]["正文"], "1"), ("", "0")]


def test_labels_are_the_same_whatever_their_type(tmp_path: Path) -> None:
    pl.DataFrame({"t": ["a", None], "y": [1.0, 0.0]}).write_parquet(tmp_path / "f.parquet")
    pl.DataFrame({"t": ["a", "b"], "y": [1, 0]}).write_parquet(tmp_path / "i.parquet")
    columns = Columns("t", "y")
    assert read(tmp_path / "f.parquet", columns)["label"].to_list() == ["1", "0"]
    assert read(tmp_path / "i.parquet", columns)["label"].to_list() == ["1", "0"]
    assert read(tmp_path / "f.parquet", columns)["text"].to_list() == ["a", ""]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("label,review\n1,好，吃,真的\n0,差\n", ["好，吃,真的", "差"]),  # commas that nobody quoted
        ("review\tlabel\n好,吃\t1\n", ["好,吃"]),
        ("label;review\n1;好,吃\n", ["好,吃"]),
        ("label,review\n1\n\n0,差\n", ["", "差"]),  # a short row is a row, a blank line is none
    ],
)
def test_odd_rows(tmp_path: Path, content: str, expected: list[str]) -> None:
    (tmp_path / "x.csv").write_text(content, encoding="utf-8")
    assert read(tmp_path / "x.csv", Columns("review", None))["text"].to_list() == expected


def test_few_broken_bytes_do_not_cost_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"text,label\n" + "很好吃的一家店，".encode() * 40 + b"\xff,1\n")
    assert read(tmp_path / "x.csv", Columns("text", "label"))["label"].to_list() == ["1"]


def test_what_cannot_be_used_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", ROWS)
    with pytest.raises(TextFileError, match=r"x\.csv has no column body; its first line is '正文,标签'"):
        read(path, Columns("body", None))
    with pytest.raises(TextFileError, match=r"x\.csv has no column 类别; it has 正文, 标签"):
        read(path, Columns("正文", "类别"))
    with pytest.raises(TextFileError, match=r"nothing\.csv"):
        read(tmp_path / "nothing.csv", Columns("正文", None))
    other = write(tmp_path / "y.csv", [{"正文": "x", "标签": "neg"}, {"正文": "y", "标签": "pos"}])
    with pytest.raises(TextFileError, match=r"y\.csv shares no label with .*x\.csv: neg, pos against 0, 1"):
        classify("sentiment", [path, other], path, "正文", "标签")
    with pytest.raises(TrainingError, match="at least two labels"):
        classify("sentiment", [write(tmp_path / "z.csv", ROWS[:5])], path, "正文", "标签")


def test_a_title_is_known_by_its_usual_names(tmp_path: Path) -> None:
    plain, titled = (
        write(tmp_path / "x.csv", ROWS),
        write(tmp_path / "y.csv", [{**row, "留言主题": "x"} for row in ROWS]),
    )
    assert known_titles([titled, titled], "正文") == ("留言主题",)
    assert known_titles([titled, plain], "正文") == ()
    told = read(titled, Columns("正文", None, ("留言主题", "标签")))
    assert told["title"][0] == "x 1"


def test_a_title_decides_where_bodies_say_nothing(tmp_path: Path) -> None:
    rows = [{"title": row["正文"], "body": "详见标题", "label": row["标签"]} for row in ROWS]
    path = write(tmp_path / "x.csv", rows)
    found, _ = classify("category", [path], path, "body", "label")
    assert found["label"].to_list() == [row["label"] for row in rows]
    without, _ = classify("category", [path], path, "body", "label", titles=[])
    assert without["probability"].n_unique() == 1


def test_every_row_is_answered_in_its_order(tmp_path: Path) -> None:
    asked = [
        *ROWS,
        *ROWS[:3],
        {"正文": "", "标签": ""},
        {"正文": "￥%…🙂", "标签": ""},
        {"正文": "x" * 50_000, "标签": ""},
    ]
    random.Random(1).shuffle(asked)
    path = write(tmp_path / "in.csv", asked, "gb18030")
    found, held_out = classify("sentiment", [write(tmp_path / "x.csv", ROWS)], path, "正文", "标签", top=3)
    assert found["row"].to_list() == list(range(1, len(asked) + 1))
    assert found.columns == ["row", "label", "probability", "label_2", "probability_2"]
    assert found.null_count().sum_horizontal().item() == 0
    assert found["probability"].is_between(0.5, 1).all()
    known = [(row["标签"], label) for row, label in zip(asked, found["label"], strict=True) if row["标签"]]
    assert all(truth == label for truth, label in known)
    assert held_out.rows == len(ROWS)


@small.few
@given(st.lists(st.text(max_size=30).filter(lambda text: "\x00" not in text), max_size=8))
def test_any_text_comes_back_as_a_row(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("any")
    told = [text.encode("utf-8", "ignore").decode() for text in texts]
    path = write(folder / "x.csv", [{"label": "1", "text": text} for text in [*told, "last"]])
    assert read(path, Columns("text", "label"))["text"].to_list() == [*told, "last"]


def test_the_command(tmp_path: Path) -> None:
    path, out = write(tmp_path / "x.csv", ROWS), tmp_path / "out.csv"
    given_options = ["--train", str(path), "--in", str(path), "--text", "正文", "--label", "标签", "--out", str(out)]
    told = CliRunner().invoke(app, ["classify", "sentiment", *given_options])
    assert told.exit_code == 0, told.output
    answers = pl.read_csv(out)
    assert answers.columns == ["row", "label", "probability"]
    assert answers["label"].to_list() == [int(row["标签"]) for row in ROWS]
    told = CliRunner().invoke(app, ["classify", "mood", *given_options])
    assert (told.exit_code, "category, sentiment" in told.output) == (2, True)


def test_several_files_may_follow_train(tmp_path: Path) -> None:
    """Half of the labels stand in each file: an answer of both kinds needs both."""
    halves = [
        write(tmp_path / f"{label}.csv", [row for row in ROWS if row["标签"] == label])
        for label in sorted({row["标签"] for row in ROWS})
    ]
    whole, out = write(tmp_path / "x.csv", ROWS), tmp_path / "out.csv"
    given_options = ["--in", str(whole), "--text", "正文", "--label", "标签", "--out", str(out)]
    told = CliRunner().invoke(app, ["classify", "sentiment", "--train", *map(str, halves), *given_options])
    assert told.exit_code == 0, told.output
    assert pl.read_csv(out)["label"].to_list() == [int(row["标签"]) for row in ROWS]


def test_training_writes_a_model_and_its_card(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", ROWS)
    for _ in range(2):
        told = CliRunner().invoke(
            app,
            ["train", "sentiment", "--train", str(path), "--text", "正文", "--label", "标签", "--out", str(tmp_path)],
        )
        assert told.exit_code == 0, told.output
        first = (tmp_path / "sentiment.npz").read_bytes()
    assert (tmp_path / "sentiment.npz").read_bytes() == first
    card = (tmp_path / "sentiment.json").read_text(encoding="utf-8")
    assert '"f1_interval"' in card
    assert '"x.csv"' in card
