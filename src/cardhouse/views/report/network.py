"""The network in the report: its map, every card ranked, and the largest one pulled round by round."""

from __future__ import annotations

from collections import defaultdict

from cardhouse.economy.figure import shares
from cardhouse.economy.inputs import source_rank
from cardhouse.views import pull as view
from cardhouse.views.charts import pull as charts
from cardhouse.views.map import Standing, draw_map, lay_out, links
from cardhouse.views.picture import standing
from cardhouse.views.report.material import Material
from cardhouse.views.report.parts import Block, Shown

DRAWN = (Standing.PAID, Standing.BINDING, Standing.REPORTED, Standing.LETTER)
"""Ties on the map: all that have not lapsed."""
MOST_LOSERS = 20


def whole_map(m: Material) -> tuple[Block, ...]:
    """Who commits money to whom."""
    t, found = m.t, links(m.book, frozenset(DRAWN))
    basis: dict[str, float] = defaultdict(float)
    drawn = {tie for link in found for tie in link.ties}
    for tie in m.book.current_ties:
        if tie.id in drawn and tie.amount is not None:
            basis[m.book.source_kind(tie).value] += tie.amount
    rests = dict(sorted(shares(basis).items(), key=lambda kv: source_rank(kv[0])))
    ties = t("ties: {standings}", standings=t.comma.join(t(s.value) for s in DRAWN))
    said = standing(t, str(m.book.date), "", rests, ties=ties)
    return (
        t(
            "An arrow leads from the one who commits the money to the one who is promised it; its amount is the whole "
            "of the ties between the two, over all their years."
        ),
        draw_map(m.book, found, lay_out(m.book, found), t, said),
    )


def cards(m: Material) -> tuple[Block, ...]:
    """Every card pulled alone."""
    chart = charts.ranking(m.ranked, m.opening, m.t)
    return (chart, Shown(view.ranking(m.ranked, m.opening, t=m.t), chart.caption))


def largest(m: Material) -> tuple[Block, ...]:
    """The fall of the card that costs others most."""
    t, answer = m.t, m.fall
    said = charts.caption(answer, t)
    return (
        tuple(view.headline(answer, t=t)),
        Shown(view.rounds(answer, t=t), said),
        charts.losses(answer, t),
        Shown(view.firm_losses(answer, most=MOST_LOSERS, t=t), said),
        charts.borne(answer, t),
        Shown(view.provenance(answer, t=t), said),
    )
