"""When, and in what order: Dagster definitions, publishing, the `mingcha` command. No business logic.

The path of the data: feeds → raw → entity → fact → known → text → indicator → grade → plan → mart → snapshot.
"""
