"""Pure functions from a frame to a Plotly figure of template `desk`.

No query, no Dash component, no state.
"""
