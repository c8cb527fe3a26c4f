"""The scorecard kernel: indicators × dated points → score → grade, with vetoes and a cap on the weight of texts.

No data access: values come in, a score comes out. The warehouse SQL must give the same, to the last digit.
"""

from models.scorecard.card import Scorecard
from models.scorecard.scored import Contribution, Scored

__all__ = ["Contribution", "Scorecard", "Scored"]
