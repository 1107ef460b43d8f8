"""The version of limcyc, the one place where it is written."""

__version__ = "0.5.1"
