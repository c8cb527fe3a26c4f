"""What texts speak of, which of them repeat others, and which are of a brigade: tables of stage `text`.

Not here: how a text is judged (models/text), and what its words say (warehouse/texts.py).
"""
