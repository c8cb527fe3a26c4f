"""The text kernel: what a text says, by open word lists.

No linking of texts to entities and no counting; that is done in the warehouse.
"""
