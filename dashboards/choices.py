"""Filters and views of a page that live in its address: a change writes the address, and the page is built from it.

Which filters a page has is said by the page; what they keep is said by its queries.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, dcc, get_relative_path, html


def choices(*parts: Any) -> html.Div:
    """A row of filters; one a page."""
    return html.Div([*parts, dcc.Store(id="choices-applied")], className="controls", role="search")


def several(name: str, label: str, options: Iterable[tuple[str, str]], query: Mapping[str, str], width: int) -> Any:
    """A filter that takes any number of (code, name)."""
    return dmc.MultiSelect(
        id={"type": "choice", "name": name},
        data=[{"value": code, "label": text} for code, text in options],
        value=query[name].split(",") if query.get(name) else [],
        placeholder=label,
        clearable=True,
        searchable=True,
        hidePickedOptions=True,
        w=width,
        nothingFoundMessage="没有匹配项",
        **{"aria-label": label},
    )


def one(name: str, label: str, options: Iterable[tuple[str, str]], value: str, width: int) -> Any:
    """A choice of exactly one (code, name)."""
    return dmc.Select(
        id={"type": "choice", "name": name},
        data=[{"value": code, "label": text} for code, text in options],
        value=value,
        allowDeselect=False,
        w=width,
        **{"aria-label": label},
    )


def keyword(label: str, query: Mapping[str, str], width: int = 280) -> Any:
    """A text that the rows must hold."""
    return dmc.TextInput(
        id={"type": "choice", "name": "keyword"},
        value=query.get("keyword", ""),
        placeholder=label,
        debounce=500,
        w=width,
        **{"aria-label": label},
    )


def views(path: str, names: Mapping[str, str], current: str, query: Mapping[str, str], kept: Iterable[str]) -> html.Nav:
    """Links to the parts of a page; the filters `kept` go along."""
    same = {name: query[name] for name in kept if query.get(name)}
    first = next(iter(names))
    links = []
    for view, name in names.items():
        asked = urlencode({**({} if view == first else {"view": view}), **same})
        href = get_relative_path(path) + (f"?{asked}" if asked else "")
        links.append(dcc.Link(name, href=href, className="current" if view == current else ""))
    return html.Nav(links, className="views", **{"aria-label": "分页"})


def register(app: dash.Dash) -> None:
    """A changed filter goes into the address."""
    app.clientside_callback(
        ClientsideFunction("mingcha", "chooseInAddress"),
        Output("choices-applied", "data"),
        Input({"type": "choice", "name": ALL}, "value"),
        prevent_initial_call=True,
    )
