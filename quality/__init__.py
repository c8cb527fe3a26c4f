"""Is it fit to use: checks derived from the contracts, and reconciliation. When they run is decided in `pipelines`."""
