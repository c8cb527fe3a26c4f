"""What every page shows while nothing has been published.

The command that publishes belongs to `pipelines/cli.py`.
"""

from dash import html


def unpublished() -> html.Section:
    """Says what is missing and what to run."""
    return html.Section(
        [
            html.Div("数据", className="seal", **{"aria-hidden": "true"}),
            html.H1("还没有发布过数据"),
            html.P("本页只读取已发布的数据快照；当前目录下还没有任何快照。"),
            html.P("请在服务器上运行一次刷新："),
            html.Pre(html.Code("mingcha refresh --feed simulated")),
            html.P("刷新通过全部检查并发布后，本页会自动显示，无需重新打开。", className="muted"),
        ],
        className="panel unpublished",
        role="status",
    )
