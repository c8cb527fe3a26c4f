"""`mingcha review texts` and `mingcha review text`: whom a text means, asked of people.

Arguments and print only; what an answer does stands in warehouse/text.
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.options import DEFAULT_HOME, TRY_LATER, HomeOption, fail
from warehouse.home import Home, HomeBusyError


def texts(
    limit: Annotated[int, typer.Option(help="最多条数")] = 20,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """列出待核对的文本及其所指的候选主体（含原文，只在服务器上看）。"""
    from warehouse.correction import CorrectionError
    from warehouse.text.review import listed

    try:
        rows = listed(Home.at(home), limit)
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except CorrectionError as error:
        raise fail(str(error)) from None
    for row in rows:
        told = f"{row['candidate_code']} {row['candidate_name']}  {row['link_probability']:.2f} {row['evidence']}"
        typer.echo(f"{row['review_id']}  {told}\n    {row['title'] or ''} {row['body']}")
    typer.echo(f"{len(rows)} candidates" if rows else "no text waits for a person", err=True)


def text(
    review_id: Annotated[str, typer.Argument(help="核对编号，见 review texts")],
    candidate: Annotated[str, typer.Option(help="候选主体代码")],
    verdict: Annotated[str, typer.Option(help="same（说的是它）或 different（不是它）")],
    actor: Annotated[str, typer.Option(help="谁")],
    reason: Annotated[str, typer.Option(help="为什么")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """登记一条文本所指主体的核对结论；下一次刷新采用。"""
    from warehouse.text.review import decide

    try:
        number = decide(Home.at(home), review_id, candidate, verdict, actor, reason)
    except HomeBusyError as error:
        raise fail(str(error), TRY_LATER) from None
    except ValueError as error:
        raise fail(str(error), 2) from None
    typer.echo(f"event {number} recorded; the next refresh uses it")
