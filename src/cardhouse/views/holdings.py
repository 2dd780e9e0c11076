"""What a pull costs a reader: a CSV of instrument, issuer and amount, valued at the losses of the pull."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from cardhouse.economy.claims import Estate
from cardhouse.economy.inputs import loss_rate
from cardhouse.economy.pull import Pull
from cardhouse.errors import InputError, UnknownName
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

LARGEST_FILE = 5_000_000
INSTRUMENTS = {
    N_("shares"): None,
    N_("equity"): None,
    N_("bond"): Estate.UNSECURED,
    N_("loan"): Estate.UNSECURED,
    N_("secured loan"): Estate.SECURED,
    N_("lease"): Estate.UNSECURED,
    N_("receivable"): Estate.UNSECURED,
}
"""Instruments a reader may hold, and their class in the issuer's estate (None: after all debts)."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The reader's positions with what is lost on each."""

    table: Table
    loss: float


def holdings_loss(answer: Pull, path: str, *, t: Words = ENGLISH) -> Portfolio:
    """Value positions after a pull.

    Parameters
    ----------
    path : CSV with a header and the columns instrument, issuer, amount (in any one currency).

    Raises
    ------
    InputError : the file cannot be read, or one of its rows cannot be; the message lists file:line of all.
    """
    faults: list[str] = []
    rows = []
    for line, (instrument, issuer, amount) in _read(path, faults):
        try:
            node = answer.opening.groups(answer.opening.book.resolve(issuer).id)
        except UnknownName as unknown:
            faults.append(f"{path}:{line}: {unknown}")
            continue
        share = loss_share(answer, node, instrument)
        rows.append((instrument, node, amount, share, amount * share))
    if faults:
        raise InputError("\n".join(faults))
    total = sum(r[4] for r in rows)
    columns = (
        Column("instrument", t("instrument")),
        Column("issuer", t("issuer")),
        Column("amount", t("amount"), Kind.COUNT),
        Column("share", t("lost"), Kind.PERCENT),
        Column("loss", t("loss"), Kind.COUNT),
    )
    told = tuple((t(instrument), node, amount, share, loss) for instrument, node, amount, share, loss in rows)
    body = (*told, (t("total"), "", sum(r[2] for r in rows), None, total))
    note = t("In the currency of your file. Shares lose what the issuer's equity loses, all of it when it fails.")
    return Portfolio(Table(t("Your holdings"), columns, body, (note,), t), total)


def loss_share(answer: Pull, node: str, instrument: str) -> float:
    """Share of an instrument's amount that a pull takes, 0 to 1."""
    down = node in answer.fall.state.down
    rank = INSTRUMENTS[instrument]
    sheet, calm = answer.fall.sheet, answer.fall.calm_sheet
    if node not in sheet.equity:
        if not down:
            return 0.0
        return 1.0 if rank is None else 1.0 - loss_rate(answer.opening.inputs, "recovery_unsecured", node, "all")
    if rank is not None:
        return 1.0 - sheet.recovery[node][rank] if down else 0.0
    if down:
        return 1.0
    known = answer.opening.positions[node].statement
    value = known.balance.market_value.value if known and known.balance.market_value else calm.equity[node]
    return min(max(calm.equity[node] - sheet.equity[node], 0.0) / value, 1.0) if value > 0 else 0.0


def _read(path: str, faults: list[str]) -> list[tuple[int, tuple[str, str, float]]]:
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path}: larger than {LARGEST_FILE:,} bytes; expected a short list of holdings")
        content = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read as a text file ({error}); expected a CSV of instrument, issuer, amount"
        ) from None
    rows = csv.DictReader(content.splitlines())
    fields = [f.strip().lower() for f in rows.fieldnames or []]
    if not {"instrument", "issuer", "amount"} <= set(fields):
        raise InputError(f"{path}:1: columns are {', '.join(fields) or 'none'}; expected instrument, issuer, amount")
    rows.fieldnames = fields
    out = []
    try:
        for row in rows:
            parsed = _row(path, rows.line_num, row, faults)
            if parsed is not None:
                out.append((rows.line_num, parsed))
    except csv.Error as error:
        raise InputError(f"{path}:{rows.line_num}: not a CSV row ({error})") from None
    if not out and not faults:
        raise InputError(f"{path}: no holdings below the header; expected one a row")
    return out


def _row(path: str, line: int, row: dict[str, str], faults: list[str]) -> tuple[str, str, float] | None:
    instrument = (row.get("instrument") or "").strip().lower()
    if instrument not in INSTRUMENTS:
        faults.append(f"{path}:{line}: instrument {instrument!r}; expected one of {', '.join(INSTRUMENTS)}")
        return None
    try:
        amount = float((row.get("amount") or "").replace(",", ""))
    except ValueError:
        amount = float("nan")
    if not isfinite(amount) or amount < 0:
        faults.append(f"{path}:{line}: amount {row.get('amount')!r}; expected a number, not negative")
        return None
    return instrument, (row.get("issuer") or "").strip(), amount
