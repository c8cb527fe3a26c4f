"""The matching kernel: names, addresses and codes taken apart, so that two records of one business can be told.

Not here: which records belong together; that is decided in the warehouse (warehouse/linking).
"""
