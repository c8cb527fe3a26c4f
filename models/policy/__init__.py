"""Dated, cited rules as YAML below kernel folders, and the loader that says what is in force on a day.

No arithmetic with the rules: that is the business of the kernel that a file is named after.
"""

from models.policy.loader import InForce, Policy, PolicyError

__all__ = ["InForce", "Policy", "PolicyError"]
