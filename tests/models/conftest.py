"""Hypothesis without a deadline: the machine is shared, and a slow moment is no defect of an example.

No fixtures; each test file has its own.
"""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
