"""Accounts: income at other lives of servers, debt off the sheet, cash, gains on stakes, losses through an owner.

:func:`restate` answers for firms side by side; its parts stand on their own.
"""

from cardhouse.lenses.accounts.answer import FirmAccounts, Restatement, restate, with_accounts
from cardhouse.lenses.accounts.cash import CashLines, cash_lines, days
from cardhouse.lenses.accounts.changes import LifeChange, life_changes
from cardhouse.lenses.accounts.commitments import Commitments, commitments, present_value
from cardhouse.lenses.accounts.gains import Gains, gains
from cardhouse.lenses.accounts.lives import AtLife, Life, Restated, restated
from cardhouse.lenses.accounts.look_through import Implied, look_through
from cardhouse.lenses.accounts.rents import EconomicLife, economic_life
from cardhouse.lenses.accounts.vintages import Outlay, charge, first_year_change, full_first_year, standing

__all__ = [
    "AtLife",
    "CashLines",
    "Commitments",
    "EconomicLife",
    "FirmAccounts",
    "Gains",
    "Implied",
    "Life",
    "LifeChange",
    "Outlay",
    "Restated",
    "Restatement",
    "cash_lines",
    "charge",
    "commitments",
    "days",
    "economic_life",
    "first_year_change",
    "full_first_year",
    "gains",
    "life_changes",
    "look_through",
    "present_value",
    "restate",
    "restated",
    "standing",
    "with_accounts",
]
