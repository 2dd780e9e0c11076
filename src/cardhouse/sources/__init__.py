"""Figures from outside, as rows for review; the room knows only the book."""
