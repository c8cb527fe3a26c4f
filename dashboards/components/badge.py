"""Badges: a grade or a state as a small coloured word.

Colours come from `dashboards/theme.py`; the letter or numeral is always shown, so nothing hangs on colour alone.
"""

from dash import html

from dashboards.theme import CREDIT_NAME, RISK_NAME


def grade(value: str | None, with_name: bool = False) -> html.Span:
    """A credit (A–D) or risk (Ⅰ–Ⅳ) grade."""
    if value is None:
        return html.Span("—", className="muted")
    name = {**CREDIT_NAME, **RISK_NAME}.get(value, "")
    badge = html.Span(value, className="grade", title=name, **{"data-grade": value})
    return html.Span([badge, f" {name}"], className="graded") if with_name else badge


def state(text: str, tone: str) -> html.Span:
    """A word with a tone: `ok`, `warn`, `bad` or `plain`."""
    return html.Span(text, className=f"state {tone}")
