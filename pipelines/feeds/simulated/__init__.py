"""The simulated zone: a generator of one city's market-regulation records and the pack that reads them back.

Not here: anything that knows Dagster, the warehouse or the pages; the generator only writes files.
"""
