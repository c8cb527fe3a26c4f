"""The casework kernel: the clock of working days on which cases run.

No cases here; they are data.
"""
