"""Small functions that build parts of a page from plain values.

No query and no callback here.
"""
