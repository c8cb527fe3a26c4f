"""`mingcha sql`: a statement of the server's operator, through the same guard and process as the workbench.

Not here: what may be said (`warehouse.sandbox`) and the pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.access import note
from pipelines.options import DEFAULT_HOME, HomeOption, fail
from warehouse.home import Home

_PREVIEW_ROWS = 200


def sql(
    statement: Annotated[str, typer.Argument(help="一条 SELECT 语句；参数写作 $名称")],
    csv: Annotated[Path | None, typer.Option(help="全部结果写入文件：.csv、.xlsx 或 .parquet")] = None,
    param: Annotated[list[str] | None, typer.Option(help="参数，写作 名称=值，可重复")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="只看执行计划")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """在已发布的快照上只读查询。"""
    from pipelines.console import table
    from warehouse import query
    from warehouse.sandbox.refusal import SandboxError
    from warehouse.serving import NotPublishedError

    found = Home.at(home)
    values = {name: value for name, _, value in (one.partition("=") for one in param or ())}

    def tell(record: query.Record) -> None:
        told = {
            "act": record.act,
            "values": dict(record.values),
            "rows": record.rows,
            "seconds": round(record.seconds, 3),
        }
        note(found, "export" if record.act == "export" else "query", record.sql, record.result, **told)

    try:
        if explain:
            typer.echo(query.explain(found, statement, values, tell))
            return
        if csv is not None:
            typer.echo(f"{query.export(found, statement, csv, values, tell):,} rows in {csv}", err=True)
            return
        answer = query.ask(found, statement, _PREVIEW_ROWS, values, tell)
    except SandboxError as error:
        raise fail(error.placed(statement)) from None
    except NotPublishedError as error:
        raise fail(str(error)) from None
    table(answer.table.column_names, answer.rows)
    if answer.is_cut:
        told = f"only the first {len(answer.rows)} of {answer.total:,} rows are shown; --csv writes them all"
        typer.secho(told, fg="yellow", err=True)
