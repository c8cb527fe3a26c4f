"""Law and arithmetic: dated rules, scorecards, draws, identifiers, text polarity, working days.

No orchestration, no database, no pages; nothing here reads anything but its own files.
"""
