"""The text kernel: what a text says, whom it means, what it repeats, and who writes in concert.

No reading and no counting; that is done in the warehouse.
"""
