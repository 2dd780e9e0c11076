"""Concentration: customers as reported and as the ties imply, the backlog by customer, contracts against debt."""

from cardhouse.lenses.concentration.answer import Concentration, Short, concentration, everybody
from cardhouse.lenses.concentration.reported import Bounds, Customers, customers, herfindahl, top
from cardhouse.lenses.concentration.terms import Due, Terms, terms_left

__all__ = [
    "Bounds",
    "Concentration",
    "Customers",
    "Due",
    "Short",
    "Terms",
    "concentration",
    "customers",
    "everybody",
    "herfindahl",
    "terms_left",
    "top",
]
