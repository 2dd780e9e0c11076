"""The vocabulary of ``terms.csv``: how a tie is paid, one word a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TermKind:
    """One word: the unit of its value, the dates it needs and what it means.

    ``dates`` holds ``from`` and ``to`` where the term says nothing without them. ``kinds`` are the
    kinds of tie it belongs to; empty for all.
    """

    id: str
    unit: str
    dates: tuple[str, ...]
    kinds: tuple[str, ...]
    meaning: str

    @property
    def numeric(self) -> bool:
        """Whether the value is a number (else it is the id of a firm or tie)."""
        return self.unit not in ("firm", "tie")


_PERIOD = ("from", "to")
_DEBT = ("loan", "bond")

_ROWS = (
    TermKind("schedule", "USD_million", _PERIOD, (), "the payer owes this much, spread evenly over from..to"),
    TermKind("ramp", "USD_million", _PERIOD, (), "as schedule, rising in a straight line from zero"),
    TermKind(
        "paid_to_date",
        "USD_million",
        ("to",),
        (),
        "already paid at date `to`; with `from`: what it adds was paid from then on",
    ),
    TermKind("drawn", "USD_million", ("to",), (), "principal outstanding at date `to`"),
    TermKind("undrawn", "USD_million", ("to",), (), "committed and not drawn at date `to`"),
    TermKind("maturity", "USD_million", ("to",), (), "principal that falls due at date `to`"),
    TermKind("amortises", "USD_million", _PERIOD, _DEBT, "principal that falls due evenly over from..to"),
    TermKind("floating", "fraction", (), _DEBT, "share of the debt whose rate moves with the base rate"),
    TermKind("dscr", "ratio", (), _DEBT, "least debt-service cover at which more may be drawn"),
    TermKind("secured", "fraction", (), (), "share of the claim covered by collateral at origination"),
    TermKind("nonrecourse", "flag", (), (), "the debt reaches only the vehicle"),
    TermKind("cancellable", "days", (), (), "days of notice after which nothing more is owed"),
    TermKind("take_or_pay", "fraction", (), (), "share of the scheduled dues owed whether used or not"),
    TermKind("conditional", "USD_million", (), (), "due over from..to if a condition holds (undated: never)"),
    TermKind("condition_met", "flag", ("from",), (), "the condition holds from `from` on"),
    TermKind("if_valuation", "USD_million", (), (), "the condition: the payee is worth this much"),
    TermKind("if_listed", "flag", ("from",), (), "the condition: the payee is listed, expected on `from`"),
    TermKind("if_delivered", "USD_million", (), (), "the condition: this much was paid (see `condition_tie`)"),
    TermKind("if_gigawatts", "GW", (), (), "the condition: so many gigawatts are delivered (see `condition_tie`)"),
    TermKind("condition_tie", "tie", (), (), "the condition looks at that tie (this one without the row)"),
    TermKind("gigawatts", "GW", _PERIOD, (), "delivered evenly over from..to, paid at `per_gigawatt` if given"),
    TermKind("per_gigawatt", "USD_million", (), (), "price of one gigawatt"),
    TermKind("for", "firm", (), (), "bought for this customer, whose failure cancels the undelivered part"),
    TermKind("for_share", "fraction", (), (), "share of the dues bought for it (1 without this row)"),
    TermKind("covers", "tie", (), ("guarantee",), "tie whose payments the guarantee backs"),
    TermKind("obligor", "firm", (), ("guarantee",), "who must fail before the guarantee is called"),
    TermKind("beneficiary", "firm", (), ("guarantee",), "who is paid under the guarantee"),
    TermKind("cap", "USD_million", (), (), "most that can be called, or that is ever paid"),
    TermKind("first_loss", "USD_million", (), ("guarantee",), "borne by others before the guarantee"),
    TermKind("effective", "flag", ("from",), (), "can be called from `from` on, until `to`"),
    TermKind("share_of_capex", "fraction", (), (), "the payer owes this share of its capital spending"),
    TermKind("share_of_revenue", "fraction", (), (), "the payer owes this share of its revenue"),
    TermKind("in_kind", "fraction", (), (), "share given in chips or credits, not in cash"),
    TermKind("inside", "tie", (), (), "these dues are contained in that other tie's: do not add"),
    TermKind("carrying", "USD_million", ("to",), (), "carrying amount in the holder's accounts at `to`"),
    TermKind("stake", "fraction", ("to",), (), "share of the firm held at date `to`"),
    TermKind("commenced", "flag", ("from",), (), "the lease commenced on `from`"),
    TermKind("residual_value", "USD_million", ("to",), ("guarantee",), "asset's value that is made good at date `to`"),
    TermKind("vests_with", "tie", (), ("warrant",), "purchases under that tie make the warrant vest"),
    TermKind("vests", "fraction", (), ("warrant",), "share of the issuer's equity when fully vested"),
    TermKind("hurdle", "USD_million", (), ("warrant",), "market value of the issuer at which the last part vests"),
    TermKind("rent_indexed", "fraction", (), (), "share of the due that follows the market rent of compute"),
    TermKind("price_lock", "ratio", (), (), "the market rent counts up to this multiple of the opening's"),
    TermKind("trade_in", "fraction", (), (), "share of the delivered fleet that the payee takes back each year"),
)

TERMS: Mapping[str, TermKind] = {row.id: row for row in _ROWS}
