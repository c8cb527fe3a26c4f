"""Analysts' SQL: a guard that reads the parsed statement, in a fenced process that can be killed, behind a warm pool.

What a viewer may read is `warehouse.scope`; pages and commands come in through `warehouse.query`.
"""
