"""The pages. Each module has NAME, PATH, `body(door, **query)` and `register(app)` for its callbacks.

Thin: queries are in data.py and listing.py, charts in figures/, parts in components/.
"""
