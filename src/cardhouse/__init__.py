"""Cardhouse: a stress test of the AI boom's balance sheets."""

__version__ = "0.1.0"
