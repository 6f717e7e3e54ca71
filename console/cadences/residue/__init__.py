"""The residue: metered beside billed, and what no workload claims. How each is worked out and read."""
