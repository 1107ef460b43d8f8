"""Levels of description: each turns an open system into a numerical problem and offers the verbs."""

from limcyc.levels.cumulants import Cumulants
from limcyc.levels.exact import Exact
from limcyc.levels.orders import compare_orders

__all__ = ["Cumulants", "Exact", "compare_orders"]
