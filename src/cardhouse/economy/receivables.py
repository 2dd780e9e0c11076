"""What is delivered and not yet paid at the opening, by contract: part of the payee's receivables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from cardhouse.economy.contracts import Role, Ties
from cardhouse.economy.inputs import YEAR_DAYS, Inputs, rate
from cardhouse.economy.statements import Statement


def receivables(inputs: Inputs, ties: Ties, statements: Mapping[str, Statement]) -> dict[str, float]:
    """What is delivered and not yet paid under each contract: its due over the days of credit given.

    Held to what the payee reports as receivables and the payer as payables.
    """
    raw = {}
    for c in ties.contracts:
        if c.role is Role.INVESTMENT or c.begins > inputs.window.opening or c.due.value <= 0:
            continue
        days = rate(inputs, "payment_days", f"kind:{c.tie.kind}", "all")
        raw[c.tie.id] = min(c.due.value / inputs.window.years * days / YEAR_DAYS, c.due.value)
    contracts = ties.by_id
    held: dict[tuple[str, str], float] = defaultdict(float)
    for tie, amount in raw.items():
        held["payee", contracts[tie].payee] += amount
        held["payer", contracts[tie].payer] += amount
    fit = {}
    for (side, node), amount in held.items():
        known = statements.get(node)
        if known is None or amount <= 0:
            continue
        sheet = known.balance
        room = sheet.receivables.value if side == "payee" else sheet.other_liabilities
        fit[side, node] = min(1.0, max(room, 0.0) / amount)
    return {
        tie: amount * min(fit.get(("payee", contracts[tie].payee), 1.0), fit.get(("payer", contracts[tie].payer), 1.0))
        for tie, amount in raw.items()
    }
