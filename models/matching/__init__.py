"""The matching kernel: is an identifier well formed.

No linking of records; that is done in the warehouse.
"""
