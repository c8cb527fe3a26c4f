"""Choices that live in the address of a page: tabs, chips and select boxes; a choice opens the page at a new address.

What a choice means is the page's; the step from a select box to the address is in assets/live.js.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import dash_mantine_components as dmc
from dash import dcc, get_relative_path, html

DRAW_PAGES = (
    ("清单", "/draws/lists"),
    ("计划", "/draws/plans"),
    ("试算", "/draws/trial"),
    ("抽签过程", "/draws/ceremony"),
    ("抽签结果", "/draws/visits"),
    ("迎检台账", "/draws/burden"),
    ("公示时钟", "/draws/publication"),
    ("每晚预演", "/draws"),
)


def address(path: str, **query: str | None) -> str:
    """The address of a page with those parts of a query that are not empty."""
    asked = urlencode({name: value for name, value in query.items() if value})
    return str(get_relative_path(path)) + (f"?{asked}" if asked else "")


def draw_tabs(path: str) -> html.Nav:
    """The pages of 双随机; the current one is marked."""
    links = [
        dcc.Link(name, href=get_relative_path(own), className="current" if own == path else "")
        for name, own in DRAW_PAGES
    ]
    return html.Nav(links, className="tabs", **{"aria-label": "双随机各页"})


def chips(options: Iterable[tuple[str, str, str]], chosen: str) -> html.Div:
    """Options as (value, words, address) in a row; the chosen one is marked."""
    return html.Div(
        [
            dcc.Link(words, href=href, className="chip chosen" if value == chosen else "chip")
            for value, words, href in options
        ],
        className="chips",
    )


def several(name: str, label: str, options: Mapping[str, str], chosen: Iterable[str], width: int) -> dmc.MultiSelect:
    """A select box of several values, joined by commas in the part `name` of the address."""
    known = [value for value in chosen if value in options]
    return dmc.MultiSelect(
        id=_control(name, ",".join(known)),
        data=[{"value": value, "label": words} for value, words in options.items()],
        value=known,
        debounce=True,
        placeholder=label,
        clearable=True,
        searchable=True,
        hidePickedOptions=True,
        limit=100,
        size="xs",
        w=width,
        nothingFoundMessage="没有匹配项",
        **{"aria-label": label},
    )


def day_box(name: str, label: str, chosen: str) -> dmc.TextInput:
    """A day, YYYY-MM-DD, as the part `name` of the address."""
    return dmc.TextInput(
        id=_control(name, chosen),
        value=chosen,
        placeholder="YYYY-MM-DD",
        debounce=True,
        size="xs",
        w=120,
        **{"aria-label": label},
    )


def day_picker(name: str, label: str, chosen: str) -> dmc.DatePickerInput:
    """A day chosen in a calendar, as the part `name` of the address; empty is no day."""
    return dmc.DatePickerInput(
        id=_control(name, chosen),
        value=chosen or None,
        placeholder=label,
        valueFormat=f"{label} YYYY-MM-DD",
        monthLabelFormat="YYYY 年 M 月",
        monthsListFormat="M 月",
        hideWeekdays=True,  # their names would be English: calendars here know no other language
        clearable=True,
        clearButtonProps={"aria-label": f"清除{label}"},
        size="xs",
        w=190,
        **{"aria-label": label},
    )


def text_box(name: str, label: str, chosen: str, width: int) -> dmc.TextInput:
    """A text as the part `name` of the address."""
    return dmc.TextInput(
        id=_control(name, chosen),
        value=chosen,
        placeholder=label,
        debounce=500,
        size="xs",
        w=width,
        **{"aria-label": label},
    )


def select(name: str, label: str, options: Mapping[str, str], chosen: str | None, width: int) -> dmc.Select:
    """A select box whose value is the part `name` of the address; nothing chosen means everything."""
    known = chosen if chosen in options else None
    return dmc.Select(
        id=_control(name, known or ""),
        data=[{"value": value, "label": words} for value, words in options.items()],
        value=known,
        placeholder=label,
        clearable=True,
        searchable=True,
        size="xs",
        w=width,
        nothingFoundMessage="没有匹配项",
        **{"aria-label": label},
    )


def _control(name: str, shown: str) -> dict[str, str]:
    return {"type": "address", "name": name, "shown": shown}
