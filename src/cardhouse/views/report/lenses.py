"""Three lenses in the report: whose money it is, accounts at other lives of servers, what prices ask for."""

from __future__ import annotations

from dataclasses import replace

from cardhouse.book import Layer
from cardhouse.economy.nodes import layer_of
from cardhouse.lenses.measure import Measure
from cardhouse.lenses.value import Given, past_fall, value_of
from cardhouse.views import money_whole, value_peers
from cardhouse.views import restate as restate_view
from cardhouse.views.charts import money as money_charts
from cardhouse.views.charts import restate as restate_charts
from cardhouse.views.charts import value as value_charts
from cardhouse.views.charts.frame import of_readings
from cardhouse.views.report.material import Material
from cardhouse.views.report.parts import Block, Shown

SUPPLIERS = (Layer.COMPUTE, Layer.CLOUD, Layer.NEOCLOUD)
"""Who sells what the boom is built of."""
MOST_SUPPLIERS = 12
FALL = "nasdaq-2002"
"""The past trough that prices fall to in the lens of value; what is shown here does not use it."""


def money(m: Material) -> tuple[Block, ...]:
    """Of 100 dollars that customers pay: whose they were; and how much only goes round."""
    found, t = m.money, m.t
    sellers = [row for row in found.rows if layer_of(m.book, row.firm) in SUPPLIERS]
    main = sorted(sellers, key=lambda row: -row.mix.amount.value)[:MOST_SUPPLIERS]
    readings = [x for row in main for x in (row.mix.own, *row.mix.sources.values())]
    return (
        money_whole.headline(m.book, found, t=t),
        money_charts.everyone(found, m.book, t),
        Shown(money_whole.firms(m.book, replace(found, rows=tuple(main)), t=t), of_readings(t, m.book, readings)),
        Shown(money_whole.totals(found, t=t), of_readings(t, m.book, [x.gross for x in found.totals])),
    )


def accounts(m: Material) -> tuple[Block, ...]:
    """Income and ratios of firms at common lives of servers."""
    t, answer = m.t, m.accounts
    readings = [x.operating_income for f in answer.firms for x in f.restated.lives]
    said = of_readings(t, m.book, readings, note=t("newest reported year of each firm"))
    return (
        tuple(restate_view.headline(answer, t=t)),
        restate_charts.margins(answer, m.book, t),
        Shown(restate_view.incomes(answer, m.book, t=t), said),
        Shown(restate_view.ratios(answer, m.book, t=t), said),
    )


def value(m: Material) -> tuple[Block, ...]:
    """Prices, multiples, and the growth that prices ask for; that of the dearest firm taken apart."""
    t = m.t
    found = value_of(m.book, (), given=Given(), fall=past_fall(m.book, FALL), past=False)
    solvable = [f for f in found.firms if isinstance(f.implied.growth, Measure)]
    said = of_readings(t, m.book, [f.implied.growth for f in found.firms])
    return (
        *(value_charts.implied(f, m.book, t) for f in solvable[:1]),
        Shown(value_peers.side_by_side(found, t=t), said),
    )
