"""Timed comparisons with other methods and packages; ``python -m benchmarks`` runs them."""
