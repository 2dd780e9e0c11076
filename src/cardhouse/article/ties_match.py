"""Contracts and stakes between the firms that a sentence names: amounts and shares of the book's ties."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache

from cardhouse.article.claims import ChangeKind, Claim
from cardhouse.article.conversion import convert
from cardhouse.article.verdicts import Figure, How, Note, Reason, Verdict, judge
from cardhouse.book import Book, NoRate, Status, Tie, TieKind, latest_versions

SHORTEST_NAME = 2
"""Names of fewer letters are not looked for in a text."""
CONTRACTS = ("commitments", "contract", "order", "investment", "equity", "deal", "lease", "loan", "funding", "backlog")
"""Words in a measure's name that let a claim be an amount between two parties."""

BOUGHT = (TieKind.PURCHASE, TieKind.SUPPLY, TieKind.LEASE)
"""Kinds of contracts that add up between two parties."""


@lru_cache(maxsize=4)
def _names(book: Book) -> tuple[re.Pattern[str], dict[str, str]]:
    owner: dict[str, str] = {}
    for firm in book.firms.values():
        for name in (firm.name, firm.name_zh, *firm.aliases):
            if len(name) >= SHORTEST_NAME:
                owner.setdefault(name.casefold(), firm.id)
    longest = sorted(owner, key=len, reverse=True)
    words = [rf"(?<![a-z]){re.escape(n)}(?![a-z])" if n.isascii() else re.escape(n) for n in longest]
    return re.compile("|".join(words) or r"(?!)"), owner


@lru_cache(maxsize=256)
def named_firms(book: Book, text: str) -> tuple[str, ...]:
    """Ids of the firms that a sentence names, in order, each once."""
    pattern, owner = _names(book)
    found = (owner[hit.group()] for hit in pattern.finditer(text[:4000].casefold()))
    return tuple(dict.fromkeys(found))


def may_be_contract(claim: Claim) -> bool:
    """Whether a claim can be an amount or a share between two parties."""
    name = claim.metric or claim.measure
    if claim.change_kind in (ChangeKind.YOY, ChangeKind.QOQ, ChangeKind.RETURN, ChangeKind.RATIO):
        return False
    if claim.change_kind is ChangeKind.SHARE or claim.unit == "percent":
        return not name or "ownership" in name or "stake" in name
    return not name or any(word in name for word in CONTRACTS)


def between(book: Book, claim: Claim, firms: tuple[str, ...], on: date) -> Figure | None:
    """The tie, or the purchases together, between two of the firms that bear the claim out; None where nothing fits.

    A claim is never contradicted by ties: there may be one that the book does not have.
    """
    wanted = set(firms)
    pairs: dict[tuple[str, str], list[Tie]] = {}
    for tie in _candidates(book, on):
        if not ({tie.from_, tie.to} <= wanted or _alone(tie, claim)):
            continue
        figure = _figure(book, (tie,), claim)
        if figure is not None and judge(claim, figure).verdict is Verdict.CONFIRMED:
            return figure
        if tie.kind in BOUGHT and tie.counted and tie.amount is not None and tie.status is not Status.TERMINATED:
            pairs.setdefault((tie.from_, tie.to), []).append(tie)
    for ties in pairs.values():
        newest = latest_versions(tuple(ties))
        figure = _figure(book, newest, claim) if len(newest) > 1 and claim.unit != "percent" else None
        if figure is not None and judge(claim, figure).verdict is Verdict.CONFIRMED:
            return figure
    return None


def owed(book: Book, claim: Claim, entity: str, on: date) -> Figure | None:
    """Loans and bonds that a firm owed on a day, for a claim that it owed none."""
    ties = tuple(
        tie
        for tie in latest_versions(tuple(tie for tie in book.ties if tie.known <= max(on, book.date)))
        if tie.kind in (TieKind.LOAN, TieKind.BOND)
        and tie.to == entity
        and tie.amount
        and tie.status in (Status.ACTIVE, Status.COMPLETED)
        and tie.counted
        and (tie.start or tie.announced or tie.known) <= on < (tie.end or date.max)
    )
    figure = _figure(book, ties, claim) if ties else None
    if figure is None:
        return None
    return replace(figure, metric="total_debt", notes=(Note(Reason.OWES, (entity,)), *figure.notes))


@lru_cache(maxsize=4)
def _candidates(book: Book, on: date) -> tuple[Tie, ...]:
    """Versions current on the day first, then the others in the order in which they became known."""
    known = latest_versions(tuple(tie for tie in book.ties if tie.known <= on))
    ids = {tie.id for tie in known}
    return (*known, *sorted((tie for tie in book.ties if tie.id not in ids), key=lambda tie: tie.known))


def _alone(tie: Tie, claim: Claim) -> bool:
    """A total owed to suppliers without names needs only the one who owes."""
    name = claim.metric or claim.measure
    return tie.to.endswith("-suppliers") and tie.from_ in claim.entities and "commitments" in name


def _figure(book: Book, ties: tuple[Tie, ...], claim: Claim) -> Figure | None:
    """A figure from one tie, or from the sum of several; dated by the newest."""
    day = max(tie.announced or tie.known for tie in ties)
    notes = tuple(
        Note(Reason.TIE_OF, (tie.id, tie.from_, tie.to, tie.kind.value, tie.firmness.value, tie.status.value))
        for tie in ties
    )
    if claim.unit == "percent":
        share = ties[0].share_percent
        return None if share is None else Figure(share, "percent", How.TIE, "", None, day, ties=ties, notes=notes)
    value, slack = 0.0, 0.0
    for tie in ties:
        if tie.amount is None:
            return None
        try:
            there = convert(book, tie.amount, tie.unit, claim.unit, None, day)
        except NoRate:
            return None
        if there is None:
            return None
        value, slack = value + there.value, max(slack, there.slack)
        notes = (*notes, *there.notes)
    return Figure(value, claim.unit, How.TIE, "", None, day, ties=ties, slack=slack, notes=notes)
