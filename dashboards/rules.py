"""The built-in rules, read once for the life of the server: reading 94 files takes 0.2 seconds and more.

Not here: what a rule means (the kernels in `models`), and rules of a data pack (the published snapshot has them).
"""

from functools import cache

from models.policy.loader import Policy


@cache
def policy() -> Policy:
    """Every rule with all its dated values; a changed file is read after a restart, as changed code is."""
    return Policy.load()
