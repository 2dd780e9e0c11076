"""Lenses: a question asked of the book, answered with its sources, as of any date.

Every answer is a frozen dataclass made of :class:`~cardhouse.lenses.measure.Measure` (a number with unit, period,
sources and the share that rests on assumptions) and :class:`~cardhouse.lenses.measure.Gap` (a number that cannot
be had, and why).
"""
