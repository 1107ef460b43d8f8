"""Measures of states and fields: they see results, not the level that made them."""
