"""Levels of description: each turns an open system into a numerical problem and offers the verbs."""

from limcyc.levels.cumulants import Cumulants
from limcyc.levels.exact import Exact
from limcyc.levels.initial import Thermal
from limcyc.levels.orders import compare_orders
from limcyc.levels.product_state import ProductState

__all__ = ["Cumulants", "Exact", "ProductState", "Thermal", "compare_orders"]
