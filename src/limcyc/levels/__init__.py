"""Levels of description: each turns an open system into a numerical problem and offers the verbs."""

from limcyc.levels.exact import Exact
from limcyc.levels.mean_field import MeanField

__all__ = ["Exact", "MeanField"]
