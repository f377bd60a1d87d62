"""A fault proxy in front of a real API server, and what stands in for nodes where there are none."""
