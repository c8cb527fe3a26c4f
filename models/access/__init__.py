"""The access kernel: who looks, which tables, rows and columns a role reads, and what it may do.

Nothing is read or enforced here: views are made in warehouse/scope, sessions live in dashboards.
"""
