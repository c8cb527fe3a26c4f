"""The scorecard kernel: indicators × dated points → score → grade, with limits of groups, vetoes and a cap on texts.

No data access: values come in, a score comes out. card.py scores one entity and is the reference, panel.py scores all.
"""

from models.scorecard.card import Scorecard
from models.scorecard.scored import Contribution, Scored

__all__ = ["Contribution", "Scorecard", "Scored"]
