"""A laboratory, a cloud, a chip maker and a lender by hand for six quarters; the laboratory falls in the fourth.

USD million. Everything is flat: no growth, no tax, no market for new money. In each quarter of the plan

- the **laboratory** gets 50 from its users, pays 30 to run and owes 40 to the cloud and 2 of interest on 100 at 8 %:
  22 too little. It starts with 67.
- the **cloud** gets 40 from the laboratory and 60 from others, pays 50 to run, 2 of interest on 160 at 5 %, and
  spends 20: 10 on chips, half of them for the laboratory, 10 elsewhere (5 of it ordered, 5 intended).
- the **maker** gets 10 from the cloud and 30 from others and pays 20 to run.
- the **lender** gets 10 from others, 2 of interest, and pays 6.

Bills are paid 36.525 days late: four tenths of a quarter's deliveries are owed at its end, 16 to the cloud and 4 to
the maker, from the start on; so cash is what is delivered while nothing changes. What the cloud spends goes half to
servers that last 20 quarters, half to buildings that last 100; a quarter's 20 adds 10/20 + 10/100 = 0.6 to the
depreciation of every later quarter. Plant at the opening is land: no depreciation, and it sells at 0.6.

**Quarter 4.** The laboratory has 1 + 50 = 51. Wages and power come first: 30. Left are 21 for the cloud's 40 and the
lender's 2: it falls, both get one half, 20 and 1, and its cash is 0.

- The cloud. Of the 20 it gets, half of the old bill of 16 is 8, so 12 were delivered this quarter; of the 20 it does
  not get it avoids 0.2, 4 of costs. It cancels half of the chips: 5 delivered, of which 2 are owed at the end, and
  4 from before: it pays 5 + 4 - 2 = 7. It spends 5 + 10 = 15. Cash: 60 + 20 - 46 - 7 - 10 - 2 = +15.
- The maker. Sells 5 to the cloud and lets 0.1 of the other 5 go elsewhere: 0.5. What the cancelled 5 cost, 0.3, is
  spent already, and brings 0.1: of 1.5 of goods 1.35 are written down. Cash: 30 + 7 + 0.5 - 20 = +17.5.
- What is claimed. The cloud: 8 of the old bill; of the other 12 unpaid 0.8: 9.6; and a year's contract, three more
  quarters of 40, of which it avoids 0.2 and lets 0.3 again: 60; together 77.6. The lender 100 and 1 of interest. Others
  whom the laboratory owes (217 - 39.6 - 100 - 16): 61.4. In all 240.
- What there is: land 90 x 0.6 + other assets 60 x 0.1 = 60. Everybody gets a quarter of his claim: the cloud 19.4,
  the lender 25.25, others 15.35, two quarters later.
- Losses. The cloud writes off 8 and books 19.4: a gain of 11.4. The lender books 25.25 for 100: 74.75 lost. The
  laboratory loses 150 - 60 = 90 of assets; of the 16 + 100 + 61.4 that it owed it paid 8 and the estate owes 60:
  109.4 of debts are gone, and its equity is 0.

**Quarter 5.** What was the laboratory's 40 of computing costs the cloud 0.2 less, 8, and 0.3 of it are let again, 12.
Cash: 60 + 12 - 42 - 5 - 10 - 2 = +13. The maker makes 5 less: it saves 0.3, 1.5, and sells 0.5 elsewhere: +17.

**Quarter 6.** The same, and the estate pays.

Depreciation of the cloud: 0, 0.6, 1.2, 1.8, then 1.8 + 0.45 = 2.25 (15 spent in quarter 4), then 2.7.

==========  ========  ======  ======  ========  =======  ======  =======  =======
quarter     revenue   costs   deprec  interest  spent    cash    debt     equity
==========  ========  ======  ======  ========  =======  ======  =======  =======
laboratory, opening                                       67      100      39.6
1           50        70      0       2         0         45      100      17.6
2           50        70      0       2         0         23      100      -4.4
3           50        70      0       2         0         1       100      -26.4
4           50        42      0       1         0         0       0        0
5           0         0       0       0         0         0       0        0
6           0         0       0       0         0         0       0        0
cloud, opening                                            30      160      180
1           100       50      0       2         20        58      160      228
2           100       50      0.6     2         20        86      160      275.4
3           100       50      1.2     2         20        114     160      322.2
4           72        46      1.8     2         15        129     160      355.8
5           72        42      2.25    2         15        142     160      381.55
6           72        42      2.7     2         15        174.4   160      406.85
maker, opening                                            50      0        70
1           40        20      0       0         0         70      0        90
2           40        20      0       0         0         90      0        110
3           40        20      0       0         0         110     0        130
4           35.5      18.65   0       0         0         127.5   0        145.5
5           35.5      18.5    0       0         0         144.5   0        162.5
6           35.5      18.5    0       0         0         161.5   0        179.5
lender, opening                                           20      0        110
1           10        6       0       0         0         26      0        116
2           10        6       0       0         0         32      0        122
3           10        6       0       0         0         38      0        128
4           10        6       0       0         0         43      0        58.25
5           10        6       0       0         0         47      0        62.25
6           10        6       0       0         0         76.25   0        66.25
==========  ========  ======  ======  ========  =======  ======  =======  =======

Equity moves by revenue - costs - depreciation - interest, and in quarter 4 by the losses above. The cloud in quarter
4: 322.2 + 72 - 46 - 1.8 - 2 + 11.4 = 355.8. The maker: 130 + 35.5 - 18.65 - 1.35 = 145.5. The lender's interest of 2
(1 in quarter 4, then none) is no revenue: 128 + 10 - 6 + 1 - 74.75 = 58.25. The laboratory: -26.4 + 50 - 42 - 1 - 90 +
109.4 = 0.
"""

from __future__ import annotations

import numpy as np
import pytest

from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.run import RunChoices, failures, run

QUARTERS = (
    ("2025-10-01", "2025-12-31"),
    ("2026-01-01", "2026-03-31"),
    ("2026-04-01", "2026-06-30"),
    ("2026-07-01", "2026-09-30"),
    ("2026-10-01", "2026-12-31"),
    ("2027-01-01", "2027-03-31"),
    ("2027-04-01", "2027-06-30"),
)
EVERY_QUARTER = "\n".join(
    f"{tie},schedule,{first},{last},{amount},USD_million,tenq,,2026-01-15"
    for tie, amount in (("compute", 40), ("chips", 10))
    for first, last in QUARTERS
)
TIES = f"""
ties.csv
compute,purchase,lab,cloud,280,USD_million,,,2025-01-01,2025-10-01,2027-06-30,binding,active,yes,tenq,2026-01-15,high,
chips,purchase,cloud,maker,70,USD_million,,,2025-01-01,2025-10-01,2027-06-30,binding,active,yes,tenq,2026-01-15,high,
credit,loan,lender,lab,100,USD_million,,8,2025-01-01,2025-01-01,2030-12-31,binding,active,yes,tenq,2026-01-15,high,
banks,loan,bank-syndicate,cloud,160,USD_million,,5,2025-01-01,2025-01-01,2030-12-31,binding,active,yes,tenq,2026-01-15,high,
terms.csv
{EVERY_QUARTER}
chips,for,,,lab,firm,tenq,,2026-01-15
chips,for_share,,,0.5,fraction,tenq,,2026-01-15
"""
YEAR = 4.0
FIRMS = {
    "lab": (
        "model",
        {
            "cash": 67.0,
            "plant": 90.0,
            "assets": 217.0,
            "debt": 100.0,
            "equity": 39.6,
            "revenue": 50 * YEAR,
            "costs": 70 * YEAR,
            "interest": 2 * YEAR,
            "capex": 0.0,
        },
    ),
    "cloud": (
        "cloud",
        {
            "cash": 30.0,
            "receivables": 16.0,
            "plant": 300.0,
            "assets": 366.0,
            "debt": 160.0,
            "equity": 180.0,
            "revenue": 100 * YEAR,
            "costs": 50 * YEAR,
            "interest": 2 * YEAR,
            "capex": 20 * YEAR,
        },
    ),
    "maker": (
        "compute",
        {
            "cash": 50.0,
            "receivables": 4.0,
            "assets": 100.0,
            "debt": 0.0,
            "equity": 70.0,
            "revenue": 40 * YEAR,
            "costs": 20 * YEAR,
            "interest": 0.0,
            "capex": 0.0,
        },
    ),
    "lender": (
        "application",
        {
            "cash": 20.0,
            "assets": 150.0,
            "debt": 0.0,
            "equity": 110.0,
            "revenue": 10 * YEAR,
            "costs": 6 * YEAR,
            "interest": 0.0,
            "capex": 0.0,
        },
    ),
}
LAND_ONLY = {"short_lived_share": {"all": 0.0}, "land_and_construction_share": {"all": 1.0}}
COLUMNS = ("revenue", "costs", "depreciation", "interest", "spent", "cash", "debt", "equity")
CENT = 1e-8
"""A cent, in USD million."""


def table():
    """The rows of the table above: (firm, quarter) to the eight numbers."""
    found, firm = {}, ""
    names = {"laboratory,": "lab", "cloud,": "cloud", "maker,": "maker", "lender,": "lender"}
    for line in (__doc__ or "").splitlines():
        words = line.split()
        if len(words) == 5 and words[1] == "opening":
            firm = names[words[0]]
        elif firm and len(words) == 9 and words[0].isdigit():
            found[firm, int(words[0])] = tuple(float(word) for word in words[1:])
    return found


@pytest.fixture(scope="module")
def ran(economy):
    return run(economy(TIES, FIRMS, assumed=LAND_ONLY), BASELINE, RunChoices(quarters=6))


def engine(ran, firm, quarter):
    """The same eight numbers of the run; costs are own ones and what contracts cost."""

    def at(column):
        return float(ran.series(firm, column)[quarter - 1])

    return (
        at(col.REVENUE),
        at(col.COSTS) + at(col.COSTS_TIES),
        at(col.DEPRECIATION),
        at(col.INTEREST),
        at(col.CAPEX),
        at(col.CASH),
        at(col.DEBT),
        at(col.EQUITY),
    )


def test_the_table_is_whole():
    assert set(table()) == {(firm, quarter) for firm in FIRMS for quarter in range(1, 7)}


@pytest.mark.parametrize("quarter", range(1, 7))
@pytest.mark.parametrize("firm", FIRMS)
def test_every_quarter_of_every_firm_on_paper(ran, firm, quarter):
    """The paper against the engine, to the cent."""
    got = dict(zip(COLUMNS, engine(ran, firm, quarter), strict=True))
    assert got == pytest.approx(dict(zip(COLUMNS, table()[firm, quarter], strict=True)), abs=CENT)


def test_the_laboratory_alone_falls_and_in_the_fourth_quarter(ran):
    assert failures(ran.path, ran.nodes) == {"lab": 3}


def test_what_follows_the_fall_on_paper(ran):
    """Losses of quarter 4, what the estate owes, and who is paid in quarter 6; as in the text above."""

    def at(firm, column, quarter):
        return float(ran.series(firm, column)[quarter - 1])

    assert at("cloud", col.CREDIT_LOSS, 4) == pytest.approx(8 - 19.4, abs=CENT)
    assert at("lender", col.CREDIT_LOSS, 4) == pytest.approx(74.75, abs=CENT)
    assert at("maker", col.INVENTORY_LOSS, 4) == pytest.approx(1.35, abs=CENT)
    assert at("lab", col.PLANT_LOSS, 4) == pytest.approx(90, abs=CENT)
    assert at("lab", col.FORGIVEN, 4) == pytest.approx(109.4, abs=CENT)
    assert [at("lab", col.OWED_BY_ESTATE, quarter) for quarter in (3, 4, 5, 6)] == pytest.approx([0, 60, 60, 0])
    assert [at("cloud", col.ESTATES, quarter) for quarter in (3, 4, 5, 6)] == pytest.approx([0, 19.4, 19.4, 0])
    assert [at("cloud", col.RELET, quarter) for quarter in (4, 5, 6)] == pytest.approx([0, 12, 12])
    assert [at("maker", col.RELET, quarter) for quarter in (4, 5, 6)] == pytest.approx([0.5, 0.5, 0.5])
    place = ran.compiled.place
    paid = ran.path.end.ledger_estates[5, place["lab"], :, 0]
    assert paid[place["cloud"]] == pytest.approx(19.4, abs=CENT)
    assert paid[place["lender"]] == pytest.approx(25.25, abs=CENT)
    assert paid[-1] == pytest.approx(15.35, abs=CENT)
    assert np.count_nonzero(ran.path.end.ledger_estates[:5]) == 0


def test_the_money_of_all_four_and_the_world_on_paper(ran):
    """What the four have more in the end is what the world paid them less what they paid the world: six quarters.

    In: 50 x 4, 60 x 6, 30 x 6, 10 x 6, 12 x 2, 0.5 x 3. Out: 30 x 4, 50 x 3 + 46 + 42 x 2, 20 x 4 + 18.5 x 2, 6 x 6,
    10 x 6 of other spending, 2 x 6 of interest, 15.35 of the estate, which sold for 60.
    """
    paid_in = 50 * 4 + 60 * 6 + 30 * 6 + 10 * 6 + 12 * 2 + 0.5 * 3 + 60
    paid_out = 30 * 4 + 150 + 46 + 84 + 80 + 37 + 36 + 60 + 12 + 15.35
    more = sum(table()[firm, 6][5] for firm in FIRMS) - (67 + 30 + 50 + 20)
    assert more == pytest.approx(paid_in - paid_out, abs=CENT)
    assert sum(engine(ran, firm, 6)[5] for firm in FIRMS) == pytest.approx(167 + more, abs=CENT)
