"""Tables and the engine: contracts, SQL, the DuckDB seam, published snapshots, human decisions.

Only this folder imports duckdb or sqlglot; when things run is decided in `pipelines`.
"""
