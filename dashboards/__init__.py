"""Dash pages for regulators and leadership: read-only, fed by the published snapshot alone.

No business rule and no warehouse file is read here: figures come from the marts through `data.py`.
"""
