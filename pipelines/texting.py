"""The commands on texts: `mingcha classify`, `mingcha train`, `mingcha label`.

Arguments and answers only; models stand in models/text, files and tables in warehouse.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from models.text.corpus import NEGATIVE, NEUTRAL, POSITIVE
from pipelines.options import DEFAULT_HOME, WRONG_ARGUMENTS, HomeOption, fail

commands = typer.Typer()
labels = typer.Typer(no_args_is_help=True, help="更正文本模型的判断，作为以后训练的标签")
commands.add_typer(labels, name="label")

Kind = Annotated[str, typer.Argument(help="category（诉求类别）或 sentiment（情感倾向）")]
Tone = Literal["negative", "neutral", "positive"]
_LABELS: dict[Tone, str] = {"negative": NEGATIVE, "neutral": NEUTRAL, "positive": POSITIVE}
Actor = Annotated[str, typer.Option(help="谁")]
Reason = Annotated[str, typer.Option(help="为什么")]


@commands.command()
def classify(
    kind: Kind,
    train: Annotated[list[Path], typer.Option(help="已标注的文件（CSV 或 Parquet）；一个或多个，可重复")],
    in_file: Annotated[Path, typer.Option("--in", help="要判断的文件（CSV 或 Parquet）")],
    col: Annotated[str, typer.Option("--text", help="正文所在的列")],
    label: Annotated[str, typer.Option(help="标签所在的列")],
    out: Annotated[Path, typer.Option(help="结果 CSV：row（自 1 起）, label, probability")],
    title: Annotated[
        list[str] | None, typer.Option(help="标题列，可重复；缺省按常见列名识别，空串表示没有标题")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="每行写出最可能的几个标签")] = 1,
    more: Annotated[list[Path] | None, typer.Argument(help="--train 之后的其他文件", show_default=False)] = None,
) -> None:
    """用已标注的文件训练，判断另一文件每一行的类别或倾向，附校准过的概率。"""
    from models.text.training import TrainingError
    from warehouse.text.classifying import classify as answer
    from warehouse.text.files import TextFileError

    titles = None if title is None else [name for name in title if name]
    try:
        found, held_out = answer(kind, [*train, *(more or [])], in_file, col, label, titles, top)
        found.write_csv(out)
    except (TextFileError, TrainingError, OSError, ValueError) as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    typer.echo(
        f"{len(found):,} rows in {out}; held out of {held_out.rows:,} labelled rows: accuracy {held_out.accuracy:.3f},"
        f" macro-F1 {held_out.macro_f1:.3f}, calibration error {held_out.calibration_error:.3f}",
        err=True,
    )


@commands.command()
def train(
    kind: Kind,
    out: Annotated[Path, typer.Option(help="写入模型与说明卡的目录；<home>/models 即自下次刷新起采用")],
    files: Annotated[list[Path] | None, typer.Option("--train", help="已标注的文件，可重复；缺省用自带语料")] = None,
    col: Annotated[str, typer.Option("--text", help="正文所在的列")] = "text",
    label: Annotated[str, typer.Option(help="标签所在的列")] = "label",
) -> None:
    """训练一个文本模型，连同说明卡写成文件；同样的数据与种子得到同样的模型。"""
    from models.text.own import train_own, write
    from models.text.training import TrainingError
    from warehouse.text.classifying import train_for_use
    from warehouse.text.files import TextFileError

    try:
        model, card = train_for_use(kind, files, col, label) if files else train_own(kind)
        write(out, kind, model, card)
    except (TextFileError, TrainingError, OSError, KeyError, ValueError) as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    typer.echo(
        f"{kind} {card['model_version']}: {card['example_count']:,} texts, held out: accuracy {card['accuracy']},"
        f" macro-F1 {card['macro_f1']}, calibration error {card['calibration_error']};"
        f" {card['sure_share']:.0%} may go without a person at 95 % right"
    )


@labels.command("category")
def label_category(
    case: Annotated[str, typer.Argument(help="工单编号")],
    code: Annotated[str, typer.Argument(help="正确的三级类别代码")],
    actor: Actor,
    reason: Reason,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """更正一件热线工单的类别；截止日在此之后的刷新以它为标签训练。"""
    _label("category", case, code, actor, reason, home)


@labels.command("sentiment")
def label_sentiment(
    text: Annotated[str, typer.Argument(help="文本编号")],
    tone: Annotated[Tone, typer.Argument(help="negative 负面、neutral 中性、positive 正面")],
    actor: Actor,
    reason: Reason,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """更正一条文本的情感倾向；截止日在此之后的刷新以它为标签训练。"""
    _label("sentiment", text, _LABELS[tone], actor, reason, home)


def _label(kind: str, about: str, label: str, actor: str, reason: str, home: Path) -> None:
    from warehouse.home import Home
    from warehouse.serving import NotPublishedError, ServingReader
    from warehouse.state import State
    from warehouse.text import labels

    opened = Home.at(home)
    try:
        feed_id = labels.find(ServingReader(opened.root), kind, about, label)
        number = labels.record(State(opened.state), kind, feed_id, about, label, actor, reason)
    except (NotPublishedError, ValueError) as error:
        raise fail(str(error), WRONG_ARGUMENTS) from None
    typer.echo(f"event {number} recorded for {about}; refreshes as of today or later learn from it")
