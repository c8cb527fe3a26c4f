"""The command `mingcha explain`: why an entity has its grades and what would change them, also as a letter to it.

The facts come from warehouse/explanation and whatif; the words are those of the pages.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from models.policy.loader import PolicyError
from pipelines.options import DEFAULT_HOME, HomeOption, fail
from warehouse import explanation, rules, subject, whatif
from warehouse.home import Home
from warehouse.serving import NotPublishedError, ServingReader

commands = typer.Typer()


@commands.command("explain")
def explain_grades(
    code: Annotated[str, typer.Argument(help="主体代码")],
    letter: Annotated[
        Path | None, typer.Option(help="写成给主体本人的告知书（只含其自身的等级，不含人员姓名）")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """解释一个主体的等级：每项得分、证据、到期，以及怎样可以改善。"""
    reader = ServingReader(Home.at(home).root)
    try:
        about = subject.find(reader, code)
        told = explanation.explain(reader, about.entity_id)
        found = whatif.what_if(
            reader, about.entity_id, rules.kept(Home.at(home), told.info["policy_version"]).at(told.info["as_of"])
        )
    except NotPublishedError as error:
        raise fail(str(error)) from None
    except (PolicyError, ValueError) as error:
        raise fail(str(error), 2) from None
    finally:
        reader.close()
    from dashboards.letter import change
    from dashboards.letter import letter as written

    if letter is not None:
        letter.write_text(written(told, found, datetime.now(UTC).astimezone().date()), encoding="utf-8")
        letter.chmod(0o600)
        typer.echo(f"letter to {code} in {letter}", err=True)
        return
    typer.echo(f"{told.entity['name']}  {told.entity['entity_code']}  as of {told.info['as_of']}")
    for pack, row in told.grades.items():
        typer.echo(
            f"\n{pack}: {row['scorecard_grade']}  {row['scorecard_score']}  {row['veto_reasons'] or ''}".rstrip()
        )
        parts = told.parts.filter(pl.col("pack_id") == pack)
        for part in parts.iter_rows(named=True):
            if part["contribution"] != Decimal(0):
                typer.echo(f"  {part['contribution']:>12}  {part['indicator_id']} = {part['indicator_value']}")
        typer.echo(f"  {sum(parts['contribution'], Decimal(0)):>12}  sum of {parts.height} parts")
    typer.echo("")
    for event in told.events.iter_rows(named=True):
        ends = f"  until {event['ends_on']}" if event["ends_on"] else ""
        typer.echo(f"  {event['event_date']}  {event['family']}:{event['event_id']}{ends}")
    typer.echo("")
    for one in found.changes:
        typer.echo(change(one))
