"""The pull of two firms worked out on paper; every number of the answer is compared with the paper's.

The assumptions are round (see conftest): what a creditor avoids or re-lets is half of what stays unpaid, 0.4 for
chip makers, 0.6 for unnamed suppliers. A failed firm's plant brings 0.5 (half of it 0.4, half of it 0.6), its
receivables 0.5, its other assets 0.1, its cash nothing: it stopped paying because none is left.
Debt without a named lender is held half by bondholders, 0.3 by banks, 0.2 by private credit.
"""

from __future__ import annotations

import pytest

from cardhouse.economy.cascade import Event, Windows, fall
from cardhouse.economy.claims import Channel
from cardhouse.economy.losses import Bearer
from cardhouse.economy.opening import open_book
from cardhouse.economy.pull import Choices, pull

EXACT = 1e-9


def close(value, rel=EXACT):
    return pytest.approx(value, rel=rel, abs=1e-9)


LAB = (
    """
    ties.csv
    compute,purchase,lab,cloud,400,USD_million,,,2025-01-01,2025-01-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
    loan,loan,bank-syndicate,lab,60,USD_million,,,2025-01-01,2025-01-01,2030-12-31,binding,active,yes,tenq,2026-01-15,high,
    chips,purchase,cloud,maker,160,USD_million,,,2025-01-01,2025-01-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
    backstop,guarantee,maker,lab,40,USD_million,,,2025-06-01,,,binding,active,yes,tenq,2026-01-15,high,
    shares,equity,maker,lab,50,USD_million,20,,2025-06-01,2025-06-01,2025-06-30,binding,completed,yes,tenq,2026-01-15,high,
    terms.csv
    compute,schedule,2025-01-01,2026-12-31,400,USD_million,tenq,,2026-01-15
    chips,schedule,2025-01-01,2026-12-31,160,USD_million,tenq,,2026-01-15
    chips,for,,,lab,firm,tenq,,2026-01-15
    chips,for_share,,,0.5,fraction,tenq,,2026-01-15
    backstop,obligor,,,lab,firm,tenq,,2026-01-15
    backstop,beneficiary,,,cloud,firm,tenq,,2026-01-15
    backstop,covers,,,compute,tie,tenq,,2026-01-15
    backstop,cap,,,40,USD_million,tenq,,2026-01-15
    backstop,first_loss,,,25,USD_million,tenq,,2026-01-15
    shares,stake,,2025-12-31,0.2,fraction,tenq,,2026-01-15
    shares,carrying,,2025-12-31,50,USD_million,tenq,,2026-01-15
    """,
    {
        "lab": (
            "model",
            {
                "cash": 100.0,
                "receivables": 0.0,
                "plant": 200.0,
                "assets": 400.0,
                "debt": 150.0,
                "equity": 150.0,
                "revenue": 300.0,
                "costs": 290.0,
                "interest": 10.0,
                "capex": 40.0,
            },
        ),
        "cloud": (
            "cloud",
            {
                "cash": 400.0,
                "receivables": 100.0,
                "plant": 500.0,
                "assets": 1200.0,
                "debt": 200.0,
                "equity": 700.0,
                "revenue": 600.0,
                "costs": 300.0,
                "interest": 10.0,
                "capex": 150.0,
                "income": 140.0,
            },
        ),
        "maker": (
            "compute",
            {
                "cash": 300.0,
                "receivables": 60.0,
                "plant": 100.0,
                "assets": 700.0,
                "debt": 0.0,
                "equity": 600.0,
                "revenue": 400.0,
                "costs": 200.0,
                "interest": 0.0,
                "capex": 10.0,
            },
        ),
    },
)
"""A laboratory that rents from a cloud, which buys chips for it from a maker, which owns a fifth of the laboratory."""


@pytest.fixture(scope="module")
def lab(economy):
    return pull(economy(*LAB), "lab")


def test_a_laboratory_on_paper_what_is_lost_through_which_channel(lab):
    """
    Compute 400 over two years, 200 of it in 2026. A tenth of a year (20) is delivered and not yet paid; the other 180
    are lost at half: 90. The guarantee: 110 claimed, first loss 25, cap 40: the maker pays 40, first the 20 delivered,
    then 20 of the 90. The cloud is left with claims of 70, the maker with 40.
    Chips of 160 over two years, 80 in 2026, were half for the laboratory: 40 cancelled, lost at 1 - 0.4: 24.
    The laboratory's own spending of 40 with unnamed suppliers is lost at 1 - 0.6: 16.

    What is left of the laboratory: plant 200 x 0.5 + others (400 - 100 - 200 = 100) x 0.1 = 110.
    Claims: 250 on its sheet (assets 400 less equity 150; the 20 delivered are in it) + 90 of damages = 340.
    Recovery 110 / 340 = 11/34; lost: 23/34 of every claim.
    """
    lost = 23 / 34
    assert lab.losses.of("cloud") == {Channel.CONTRACTS: close(70 * lost)}
    assert lab.losses.of("maker") == {
        Channel.GUARANTEES: close(40 * lost),
        Channel.ORDERS: close(24),
        Channel.STAKES: close(50),  # 0.2 of the equity of 150, and a premium of 20 over it
    }
    assert lab.losses.of("bank-syndicate") == {Channel.CLAIMS: close((60 + 0.3 * 90) * lost)}
    assert lab.losses.of("public-bondholders") == {Channel.CLAIMS: close(0.5 * 90 * lost)}
    assert lab.losses.of("private-credit") == {Channel.CLAIMS: close(0.2 * 90 * lost)}
    assert lab.losses.of("trade-creditors") == {Channel.CLAIMS: close((100 - 20) * lost)}
    assert lab.losses.of("suppliers") == {Channel.ORDERS: close(16)}
    assert lab.fall.sheet.recovery["lab"][1] == close(11 / 34)
    assert lab.losses.firms() == [
        "maker",
        "bank-syndicate",
        "trade-creditors",
        "cloud",
        "public-bondholders",
        "suppliers",
        "private-credit",
    ]


def test_a_laboratory_on_paper_what_stood_to_be_lost(lab):
    """Exposures: what each claim was before the estate paid 11/34 on it."""
    exposures = sorted((x.creditor, x.tie, x.channel.value, round(x.exposure, 9)) for x in lab.losses.lines)
    assert exposures == [
        ("bank-syndicate", "", "accelerated claims", 27.0),
        ("bank-syndicate", "loan", "accelerated claims", 60.0),
        ("cloud", "compute", "lost contracts", 70.0),
        ("maker", "backstop", "guarantees", 20.0),
        ("maker", "backstop", "guarantees", 20.0),
        ("maker", "chips", "cancelled orders", 24.0),
        ("maker", "shares", "stakes", 50.0),
        ("private-credit", "", "accelerated claims", 18.0),
        ("public-bondholders", "", "accelerated claims", 45.0),
        ("suppliers", "", "cancelled orders", 8.0),
        ("suppliers", "", "cancelled orders", 8.0),
        ("trade-creditors", "", "accelerated claims", 80.0),
    ]


def test_a_laboratory_on_paper_who_bears_it(lab):
    """
    Banks 87, bondholders 45, private credit 18, trade creditors 80: each x 23/34; suppliers 16. Shareholders of
    the cloud bear its 70 x 23/34, those of the maker 40 x 23/34 + 24 + 50. The laboratory's own equity of 150
    less the maker's fifth is 120, and not a cost to others.
    """
    lost = 23 / 34
    assert lab.losses.borne == {
        Bearer.BANKS: close(87 * lost),
        Bearer.BONDHOLDERS: close(45 * lost),
        Bearer.PRIVATE_CREDIT: close(18 * lost),
        Bearer.SUPPLIERS: close(80 * lost + 16),
        Bearer.SHAREHOLDERS: close(110 * lost + 74),
        Bearer.OWN_SHAREHOLDERS: close(120),
    }
    assert lab.losses.others == close(340 * lost + 90)
    assert lab.losses.equity_lost == {"lab": close(150), "cloud": close(70 * lost), "maker": close(40 * lost + 74)}
    assert lab.losses.by_layer == {
        "world": close(230 * lost + 16),
        "cloud": close(70 * lost),
        "compute": close(40 * lost + 74),
    }
    assert lab.losses.by_camp == {"world": close(230 * lost + 16), "independent": close(110 * lost + 74)}
    assert sum(lab.basis().values()) == close(60 + 90 + 70 + 40 + 24 + 50 + 16 + 80)


def test_a_laboratory_on_paper_round_by_round(lab):
    """The cloud pays from 400 + 400 of the world + 100 it avoids and re-lets, and owes 300 + 10 + 40 + 35."""
    told = [(s.round, s.event, s.firm, s.amount, s.cause, s.to) for s in lab.fall.steps]
    assert told == [
        (0, Event.PULLED, "lab", 0.0, "", ""),
        (1, Event.GUARANTEE, "maker", close(40), "lab", "cloud"),
    ]
    calm, now = lab.fall.calm, lab.fall.cash
    # In the calm: costs 300, interest 10, chips 80, half of the 70 of spending outside the book.
    assert (calm.resources["cloud"], calm.binding["cloud"]) == (close(400 + 400 + 200), close(300 + 10 + 80 + 35))
    # Of 200 it still has the half that it avoids or re-lets, and the 40 of the guarantee; 40 of chips are cancelled.
    assert now.resources["cloud"] == close(400 + 400 + 100 + 40)
    assert now.binding["cloud"] == close(300 + 10 + 40 + 35)
    # The maker: 320 of the world, 0.4 of the cancelled 40, the other 40; it owes costs, half of its spending, 40.
    assert now.resources["maker"] == close(300 + 320 + 16 + 40)
    assert now.binding["maker"] == close(200 + 5 + 40)
    assert not lab.fall.state.fallen


def test_a_laboratory_that_pays_forty_percent_on_paper(economy):
    """
    120 of the 200 stay unpaid, a tenth of them delivered: 12; the other 108 lost at half: 54. Claimed 66, less a first
    loss of 30: 36 called, below the cap: 12 delivered and 24 of the 54. Chips: 0.6 x 40 x 0.6 = 14.4.
    Suppliers: 0.6 x 40 x 0.4 = 9.6. Of the 20 delivered 8 are paid: claims 250 - 8 + 54 = 296, and 110 to pay
    them: 110/296.
    """
    text = LAB[0].replace("first_loss,,,25", "first_loss,,,30")
    answer = pull(economy(text, LAB[1]), "lab", Choices(pays=0.4))
    lost = 1 - 110 / 296
    assert [s.amount for s in answer.fall.steps if s.event is Event.GUARANTEE] == [close(36)]
    assert answer.losses.of("cloud") == {Channel.CONTRACTS: close(30 * lost)}
    assert answer.losses.of("maker") == {
        Channel.GUARANTEES: close(36 * lost),
        Channel.ORDERS: close(14.4),
        Channel.STAKES: close(50),
    }
    assert answer.losses.of("suppliers") == {Channel.ORDERS: close(9.6)}


CHAIN = (
    """
    ties.csv
    hosting,purchase,hub,mid,100,USD_million,,,2025-06-01,2026-01-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
    servers,purchase,mid,end,30,USD_million,,,2025-06-01,2026-01-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
    credit,loan,rim,hub,80,USD_million,,,2025-01-01,2025-01-01,2030-12-31,binding,active,yes,tenq,2026-01-15,high,
    """,
    {
        "hub": (
            "cloud",
            {
                "cash": 50.0,
                "plant": 200.0,
                "assets": 300.0,
                "debt": 80.0,
                "equity": 100.0,
                "revenue": 300.0,
                "costs": 150.0,
                "interest": 0.0,
                "capex": 0.0,
            },
        ),
        "mid": (
            "neocloud",
            {
                "cash": 10.0,
                "receivables": 20.0,
                "plant": 100.0,
                "assets": 150.0,
                "debt": 60.0,
                "equity": 50.0,
                "revenue": 120.0,
                "costs": 90.0,
                "interest": 0.0,
                "capex": 30.0,
            },
        ),
        "end": (
            "compute",
            {
                "cash": 5.0,
                "plant": 30.0,
                "assets": 60.0,
                "debt": 20.0,
                "equity": 30.0,
                "revenue": 40.0,
                "costs": 25.0,
                "interest": 5.0,
                "capex": 0.0,
            },
        ),
        "rim": (
            "cloud",
            {
                "cash": 14.0,
                "assets": 140.0,
                "debt": 100.0,
                "equity": 20.0,
                "revenue": 40.0,
                "costs": 30.0,
                "interest": 5.0,
                "capex": 0.0,
                "funding": 10.0,
            },
        ),
    },
)
"""A hub that rents from a middleman, who buys servers at the end of the chain; and a lender at the rim."""
NO_CREDIT_DAYS = {"payment_days": {"all": 0.0}}

MID = 1 - 62 / 100
"""Lost on a claim on the middleman: 20 x 0.5 + 100 x 0.5 + 20 x 0.1 = 62 for claims of 100."""
END = 1 - 17.5 / 30
RIM = 1 - 46.6 / 120


@pytest.fixture(scope="module")
def hub(economy):
    return pull(economy(*CHAIN, assumed=NO_CREDIT_DAYS), "hub")


def test_a_hub_on_paper_round_by_round(hub):
    """
    Round 1. The middleman misses 100 and spares half: resources 10 + 20 of the world + 50 = 80, dues 90 + 30 = 120.
    It fails, 40 short. It pays its staff 80 of 90 and the servers nothing.
    Round 2. The end of the chain misses 30 x (1 - 0.4) = 18: resources 5 + 10 + 12 = 27, dues 25 + 5 = 30: 3 short.
    Round 3. The rim's loan of 80 recovers 0.525, see below: it loses 38 of an equity of 20, a hole of 18. Nobody
    lends to it any more (10), and a fifth of its debt of 100 falls due.
    Round 4. The rim: 14 + 40 = 54, dues 30 + 5 + 20 = 55: 1 short.
    """
    told = [(s.round, s.event, s.firm, s.amount, s.cause) for s in hub.fall.steps]
    assert told == [
        (0, Event.PULLED, "hub", 0.0, ""),
        (1, Event.FAILS, "mid", close(40), "hub"),
        (2, Event.FAILS, "end", close(3), "mid"),
        (3, Event.WINDOW, "rim", close(18), ""),
        (4, Event.FAILS, "rim", close(1), ""),
    ]
    assert hub.fall.state.fallen == {"mid": 1, "end": 2, "rim": 4}
    assert [n for n, _ in hub.fall.calm.failing] == []
    assert hub.fall.calm.headroom("mid") == close(10 + 20 + 100 - 120)
    assert hub.fall.calm.headroom("rim") == close(14 + 40 + 10 - 35)


def test_a_hub_on_paper_what_is_lost(hub):
    """
    Hub: left plant 200 x 0.5 + others 50 x 0.1 = 105, for claims of 200 on its sheet: it pays 0.525.
    The middleman is down and cannot deliver: it claims no damages, its contract of 100 x 0.5 is simply gone; so is the
    order of 30 x 0.6 of the end.
    Middleman: 20 x 0.5 + 100 x 0.5 + 20 x 0.1 = 62 for claims of 100.
    End: 30 x 0.5 + 25 x 0.1 = 17.5 for claims of 30.
    Rim: 46 of other assets x 0.1 and 80 x 0.525 = 46.6 for claims of 120.
    """
    assert hub.losses.of("mid") == {Channel.CONTRACTS: close(50)}
    assert hub.losses.of("end") == {Channel.ORDERS: close(18)}
    assert hub.losses.of("rim") == {Channel.CLAIMS: close(80 * 0.475)}
    unnamed = 60 * MID + 20 * END + 100 * RIM
    assert hub.losses.of("public-bondholders") == {Channel.CLAIMS: close(0.5 * unnamed)}
    assert hub.losses.of("bank-syndicate") == {Channel.CLAIMS: close(0.3 * unnamed)}
    assert hub.losses.of("private-credit") == {Channel.CLAIMS: close(0.2 * unnamed)}
    trade = 120 * 0.475 + 40 * MID + 10 * END + 20 * RIM
    assert hub.losses.of("trade-creditors") == {Channel.CLAIMS: close(trade)}
    assert hub.losses.borne == {
        Bearer.BONDHOLDERS: close(0.5 * unnamed),
        Bearer.BANKS: close(0.3 * unnamed),
        Bearer.PRIVATE_CREDIT: close(0.2 * unnamed),
        Bearer.SUPPLIERS: close(trade),
        Bearer.SHAREHOLDERS: close(50 + 30 + 20),
        Bearer.OWN_SHAREHOLDERS: close(100),
    }
    assert hub.losses.others == close(unnamed + trade + 100)


def test_with_frozen_windows_the_rim_keeps_its_funding_and_stands(economy):
    answer = pull(economy(*CHAIN, assumed=NO_CREDIT_DAYS), "hub", Choices(windows=Windows.FROZEN))
    assert answer.fall.state.fallen == {"mid": 1, "end": 2}
    assert answer.fall.state.shut == frozenset()
    assert answer.fall.cash.headroom("rim") == close(14 + 40 + 10 - 35)


def test_without_rollover_a_fifth_of_the_debt_must_be_repaid_on_paper(economy):
    """
    A firm with 15 in cash earns 20 from the hub and 20 from the world and pays 30 of costs. Its debt of 100 runs five
    years: 20 fall due. Without the pull it has 55 for 50; with it 45: enough for the costs, not for the debt too.
    """
    ties = """
    ties.csv
    hosting,purchase,hub,mid,20,USD_million,,,2025-06-01,2026-01-01,2026-12-31,binding,active,yes,tenq,2026-01-15,high,
    """
    mid = {
        "cash": 15.0,
        "assets": 200.0,
        "debt": 100.0,
        "equity": 90.0,
        "revenue": 40.0,
        "costs": 30.0,
        "interest": 0.0,
    }
    opening = open_book(economy(ties, {"hub": CHAIN[1]["hub"], "mid": ("neocloud", mid)}, assumed=NO_CREDIT_DAYS))
    rolled, repaid = fall(opening, {"hub": 0.0}), fall(opening, {"hub": 0.0}, rollover=False)
    assert rolled.state.fallen == {}
    assert rolled.cash.headroom("mid") == close(45 - 30)
    assert repaid.calm.headroom("mid") == close(55 - 50)
    assert repaid.state.fallen == {"mid": 1}
    assert repaid.steps[-1].amount == close(5)
