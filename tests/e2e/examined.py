"""What is wrong with a page that stands in the browser: each function returns the faults it found, in words.

Not here: how a page is opened and which pages there are (the tests beside this file).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

FONTS = Path(__file__).parents[2] / "dashboards" / "assets" / "fonts" / "fonts.css"
# Nothing has arrived for half a second, a grid shows its rows or says that it has none, a chart has its drawing.
SETTLED = """() => {
    const count = performance.getEntriesByType('resource').length;
    if (window.arrived !== count) [window.arrived, window.quietSince] = [count, performance.now()];
    return performance.now() - window.quietSince > 500 && document.fonts.status === 'loaded'
        && !document.querySelector('.ag-row-loading')
        && [...document.querySelectorAll('.js-plotly-plot')].every(one => one.querySelector('.main-svg'));
}"""
# Text that its own box, a box around it, or the edge of its chart cuts off. An ellipsis is none where the whole text is
# told on demand: in the cells of a grid, and where the element has a title.
CUT_OFF = """() => {
    const cut = [];
    const told = (part, why) => cut.push(why + ': ' + (part.innerText || part.textContent).trim().slice(0, 40));
    for (const part of document.querySelectorAll('body *:not(svg *, script, style, .ag-cell *, .ag-cell, .cm-editor *)')) {
        const own = [...part.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        const style = getComputedStyle(part);
        if (!own || !part.checkVisibility({visibilityProperty: true}) || part.clientWidth < 2) continue;
        if (/^(INPUT|OPTION|TEXTAREA)$/.test(part.tagName) || part.closest('[title]')) continue;
        if (style.overflowX === 'hidden' && part.scrollWidth > part.clientWidth + 1) told(part, 'cut');
        const inner = part.getBoundingClientRect();
        const around = part.closest('.tile, .topbar, .tabs, .chips, .panel, .button, .state, th, td');
        if (around && around !== part && !part.closest('.table, pre, .ag-root')) {
            const outer = around.getBoundingClientRect();
            if (inner.right > outer.right + 1 || inner.left < outer.left - 1) told(part, 'spills');
        }
    }
    for (const text of document.querySelectorAll('.js-plotly-plot .main-svg text')) {
        const inner = text.getBoundingClientRect(), outer = text.closest('.js-plotly-plot').getBoundingClientRect();
        if (inner.width && text.checkVisibility({visibilityProperty: true, opacityProperty: true})
            && (inner.right > outer.right + 1 || inner.left < outer.left - 1)) told(text, 'chart');
    }
    return cut;
}"""
# What a person reads, without code and statements.
WORDS = """() => {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const around = walk.currentNode.parentElement;
        if (!around.closest('script, style, noscript, code, pre, .cm-editor')) found.push(walk.currentNode.textContent);
    }
    return found.join('\\n');
}"""
# What libraries say by themselves, and values that were never meant to be read.
FOREIGN = re.compile(
    r"\b(Loading|No Rows|Rows|Page|Search|Filter|Select|Clear|Error|Share|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue"
    r"|Wed|Thu|Fri|Sat|Sun|undefined|null|NaN|nan|None|Infinity|True|False)\b"
)
GRAVE = {"serious", "critical"}
ALIKE = [".ag-row:nth-child(n+6)", "tbody tr:nth-child(n+12)"]  # rows that differ from those before by their text only


def settled(page: Page) -> None:
    """Wait until nothing is on its way: requests, fonts, grids, charts."""
    page.wait_for_function(SETTLED, polling=100)


def cut_off(page: Page) -> list[str]:
    """Texts that do not fit where they stand; a grid is given a moment to fit its columns."""
    found: list[str] = page.evaluate(CUT_OFF)
    for _ in range(10):
        if not found:
            break
        page.wait_for_timeout(200)
        found = page.evaluate(CUT_OFF)
    return found


def without_glyph(page: Page) -> list[str]:
    """Characters that the fonts we send do not have: they would depend on the reader's machine."""
    told: str = page.evaluate(WORDS)
    return sorted({letter for letter in told if not letter.isspace()} - covered())


@cache
def covered() -> frozenset[str]:
    """The characters of the fonts that the pages bring."""
    found: set[str] = set()
    for part in re.findall(r"U\+([0-9a-fA-F]+)(?:-([0-9a-fA-F]+))?", FONTS.read_text()):
        first, last = part[0], part[1] or part[0]
        found |= {chr(code) for code in range(int(first, 16), int(last, 16) + 1)}
    return frozenset(found)


def foreign(page: Page) -> list[str]:
    """English words of libraries, and values of Python or JavaScript, in what a person reads."""
    told: str = page.evaluate(WORDS)
    return sorted({line.strip() for line in told.splitlines() if FOREIGN.search(line)})


def inaccessible(page: Page) -> list[str]:
    """Serious and critical faults that axe-core finds: rule, place, and what is asked for."""
    asked: Any = {"exclude": [[one] for one in ALIKE]}
    answer = Axe().run(page, asked, {"resultTypes": ["violations"]}).response
    return [
        f"{one['id']} {node['target']}: {node['failureSummary']}"
        for one in answer["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]
