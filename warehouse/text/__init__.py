"""What public texts and hotline orders say, whom they speak of, what repeats what, and events: tables of stage `text`.

Not here: how a text is judged (models/text).
"""
