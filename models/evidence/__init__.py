"""What grades and schedules are worth: statistics of inspections that came afterwards, with intervals.

Pure arithmetic on arrays; which inspections, grades and inspectors they are is for the caller to say.
"""
