"""Linking of records with Splink: two files of businesses, and what sources call an entity with the register.

Not here: how a name, an address or a code is taken apart (models/matching).
"""
