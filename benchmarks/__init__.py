"""Benchmarks. Each prints ratios from one run: absolute figures do not travel between machines."""
