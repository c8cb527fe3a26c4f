"""Every colour and font of the pages, once: CSS variables and the Plotly templates `desk` and `wall` come from here.

No layout rules (those are in assets/desk.css) and no component.
"""

import plotly.graph_objects as go
import plotly.io as pio

FONT = "'Noto Sans SC Variable', 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
NUMERAL_FONT = "'Barlow Condensed', 'Noto Sans SC Variable', 'Noto Sans CJK SC', sans-serif"

COLOUR = {
    "page": "#f3f6fb",
    "surface": "#ffffff",
    "header": "#0d3f7f",
    "header-line": "#2b5ea3",
    "line": "#dee2e6",
    "grid": "#e5ebf3",
    "text": "#1e293b",
    "strong": "#0f172a",
    "muted": "#52627a",
    "blue": "#1864ab",
    "blue-soft": "#74a9dc",
    "blue-pale": "#e3ecf5",
    "grey": "#cbd5e1",
    "slate": "#64748b",
    "teal": "#0b7285",
    "ok": "#146c2e",
    "warn": "#9a5b00",
    "bad": "#c2410c",
    "bad-pale": "#fdece4",
    "ok-pale": "#e3f4e8",
    "warn-pale": "#fff3d6",
    "amber": "#d99a1c",
    "table-head": "#fafafb",
    "row-hover": "#edf3f8",
    "shadow": "#0f172a1a",
}

# Badges of the light theme: background and ink, contrast of at least 4.5 : 1.
CREDIT_BADGE = {
    "A": ("#dbeafe", "#0b4fae"),
    "B": ("#d3f3f8", "#0b5563"),
    "C": ("#fff0c2", "#7a4b00"),
    "D": ("#ffd9cc", "#9b2300"),
}
RISK_BADGE = {
    "Ⅰ": ("#e5e7f6", "#3a458f"),
    "Ⅱ": ("#e6e1fb", "#4f35a3"),
    "Ⅲ": ("#f3e0fc", "#7a1f9e"),
    "Ⅳ": ("#fbd3ee", "#8f0f5f"),
}
# Warnings keep the four statutory colours, red to blue; the numeral and its word are always shown.
WARNING_BADGE = {
    "Ⅰ": ("#fbd0d0", "#8f1414"),
    "Ⅱ": ("#ffdcc2", "#8a3300"),
    "Ⅲ": ("#fff1b8", "#6b4e00"),
    "Ⅳ": ("#d6e6fb", "#0b4a94"),
}
# Series of charts on a light ground; the letter or numeral stands in each bar.
CREDIT_SERIES = {"A": "#2e86f0", "B": "#8fdceb", "C": "#ffc53d", "D": "#f4511e"}
RISK_SERIES = {"Ⅰ": "#c9d0f2", "Ⅱ": "#a69be8", "Ⅲ": "#8c4fc0", "Ⅳ": "#5b0f52"}
CREDIT_NAME = {"A": "良好", "B": "一般", "C": "较差", "D": "严重"}
RISK_NAME = {"Ⅰ": "低风险", "Ⅱ": "较低风险", "Ⅲ": "较高风险", "Ⅳ": "高风险"}

# The wall screen: dark, read from five metres; every ink has at least 4.5 : 1 on its ground.
WALL = {
    "page": "#050d1b",
    "page-centre": "#12345f",
    "surface": "#102a50",
    "line": "#1d4474",
    "accent": "#38c6f4",
    "text": "#eaf3ff",
    "strong": "#ffffff",
    "muted": "#a9c1e0",
    "ok": "#3ddc97",
    "warn": "#ffc53d",
    "bad": "#ff8a70",
    "bar": "#2478b8",
    "bar-pale": "#6fe3ff",
    "track": "#33475f",
    "border": "#cfeaff",
    "halo": "#06172e",
    "few": "#b45309",
    "band": "rgba(56,198,244,.22)",
}
WALL_CREDIT = {
    "A": ("#2e86f0", "#050d1b"),
    "B": ("#8fdceb", "#050d1b"),
    "C": ("#ffc53d", "#050d1b"),
    "D": ("#f4511e", "#050d1b"),
}
WALL_WARNING = {
    "Ⅰ": ("#ff5a4a", "#1c0500"),
    "Ⅱ": ("#ff9f43", "#1c0d00"),
    "Ⅲ": ("#ffd84d", "#1c1600"),
    "Ⅳ": ("#6db3ff", "#00132b"),
}
WALL_INKS = (WALL["page"], WALL["text"])
WALL_RISK = {"Ⅰ": "#4f5db0", "Ⅱ": "#8a7be0", "Ⅲ": "#cf8ff0", "Ⅳ": "#ffd0f4"}
WALL_RAMP = ["#0e2f5c", "#11427c", "#14549a", "#1868b4", "#1c7fcb", "#2698dc", "#2fb0ea", "#5fd6f7"]
# Below and above the median: the eye finds the few cells that matter.
WALL_HEAT = ["#10294b", "#174a80", "#2271ad", "#e9b949", "#f58a2e", "#ff5f42"]

# Light to dark, one hue.
RAMP = ["#f0f5fc", "#dbe8f7", "#c2d9f1", "#a1c4e8", "#74a9dc", "#4a8bc9", "#2470b3", "#12508f", "#0b3768"]
RATING = ["#b3380f", "#ef9f80", "#cfe0f2", "#74a9dc", "#1864ab"]


def css() -> str:
    """Custom properties and badge rules for the head of the page."""
    variables = "".join(f"--{name}:{value};" for name, value in COLOUR.items())
    badges = "".join(
        f'.grade[data-grade="{grade}"]{{background:{back};color:{ink}}}'
        for grade, (back, ink) in {**CREDIT_BADGE, **RISK_BADGE}.items()
    )
    badges += "".join(
        f'.level[data-level="{level}"]{{background:{back};color:{ink}}}' for level, (back, ink) in WARNING_BADGE.items()
    )
    variables += "".join(f"--wall-{name}:{value};" for name, value in WALL.items())
    badges += "".join(
        f'.wall [data-grade="{grade}"],.wall [data-level="{grade}"]{{background:{back};color:{ink}}}'
        for grade, (back, ink) in {**WALL_CREDIT, **WALL_WARNING}.items()
    )
    return f":root{{{variables}--font:{FONT};--numeral-font:{NUMERAL_FONT}}}{badges}"


def ink_on(back: str, inks: tuple[str, str] = (COLOUR["strong"], COLOUR["surface"])) -> str:
    """The one of two inks that stands out more from a ground."""
    return max(inks, key=lambda ink: contrast(ink, back))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours `#rrggbb`, 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def register_template() -> None:
    """Register the Plotly templates `desk` and `wall`; figures name theirs explicitly."""
    axis = {
        "gridcolor": COLOUR["grid"],
        "zeroline": False,
        "linecolor": COLOUR["grid"],
        "automargin": True,
        "ticks": "",
        "ticklabelstandoff": 4,
        "tickfont": {"size": 13},
        "title": {"font": {"size": 13, "color": COLOUR["muted"]}, "standoff": 8},
    }
    pio.templates["desk"] = go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": COLOUR["text"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [COLOUR["blue"], COLOUR["blue-soft"], COLOUR["teal"], COLOUR["bad"], COLOUR["slate"]],
            "margin": {"l": 8, "r": 12, "t": 34, "b": 8},
            "xaxis": axis,
            "yaxis": axis,
            "legend": {
                "orientation": "h",
                "x": 1,
                "xanchor": "right",
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"size": 13},
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "hoverlabel": {
                "font": {"family": FONT, "size": 13},
                "bgcolor": COLOUR["surface"],
                "bordercolor": COLOUR["line"],
            },
            "separators": ".,",
        }
    )
    wall_axis = axis | {
        "gridcolor": WALL["line"],
        "linecolor": WALL["line"],
        "tickfont": {"size": 17, "color": WALL["muted"], "family": NUMERAL_FONT},
    }
    pio.templates["wall"] = go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 17, "color": WALL["text"]},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 6, "r": 8, "t": 34, "b": 4},
            "xaxis": wall_axis,
            "yaxis": wall_axis,
            "legend": {
                "orientation": "h",
                "x": 1,
                "xanchor": "right",
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"size": 17},
            },
            "separators": ".,",
        }
    )
