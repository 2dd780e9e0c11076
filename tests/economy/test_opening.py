"""The opening on paper: schedules, what is contained in what, what fits into what is reported, what is old.

The window is 2026 (opening 2025-12-31) unless a test says otherwise.
"""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.economy.contracts import Role, Scope
from cardhouse.economy.opening import open_book

FIRM = {
    "cash": 500.0,
    "receivables": 100.0,
    "plant": 100.0,
    "assets": 2000.0,
    "debt": 400.0,
    "equity": 1000.0,
    "revenue": 1000.0,
    "costs": 700.0,
    "interest": 20.0,
    "capex": 200.0,
}
FIRMS = {"buyer": ("cloud", FIRM), "seller": ("neocloud", FIRM), "maker": ("compute", FIRM)}
LAST = "active,yes,tenq,2026-01-15,high,"


@pytest.fixture
def opened(economy):
    """Open the economy of three alike firms with these ties."""

    def opening(text="", firms=FIRMS, *, quarters=4, scope=Scope.ACTIVE, assumed=None):
        return open_book(economy(text, firms, assumed=assumed), quarters=quarters, scope=scope)

    return opening


def purchase(terms="", *, amount="1000", start="2025-01-01", end="2028-12-31", to="seller", firmness="binding"):
    money = f"{amount},USD_million" if amount else ","
    tie = f"deal,purchase,buyer,{to},{money},,,{start},{start},{end},{firmness},{LAST}"
    return f"ties.csv\n{tie}\nterms.csv\n{terms}\n"


def due(opening, tie="deal"):
    return opening.ties.by_id[tie].due.value


def test_a_flat_schedule_pays_by_days(opened):
    """365 a year over 2026, of which 181 days lie in the first half and 90 in the first quarter."""
    text = purchase("deal,schedule,2026-01-01,2026-12-31,365,USD_million,tenq,,2026-01-15")
    assert due(opened(text)) == pytest.approx(365)
    assert due(opened(text, quarters=2)) == pytest.approx(181)
    assert due(opened(text, quarters=1)) == pytest.approx(90)


def test_slices_by_year_add_up_and_what_is_later_is_told_apart(opened):
    text = purchase(
        "deal,schedule,2025-01-01,2025-12-31,100,USD_million,tenq,,2026-01-15\n"
        "deal,schedule,2026-01-01,2026-12-31,200,USD_million,tenq,,2026-01-15\n"
        "deal,schedule,2027-01-01,2028-12-31,700,USD_million,tenq,,2026-01-15"
    )
    contract = opened(text).ties.by_id["deal"]
    assert (contract.due.value, contract.beyond) == (pytest.approx(200), pytest.approx(700))


def test_a_ramp_rises_from_zero(opened):
    """Of a ramp over 2026 and 2027 (730 days) the first half of the time holds a quarter."""
    text = purchase("deal,ramp,2026-01-01,2027-12-31,400,USD_million,tenq,,2026-01-15")
    assert due(opened(text)) == pytest.approx(100)
    assert due(opened(text, quarters=8)) == pytest.approx(400)


def test_without_terms_the_amount_is_spread_over_the_dates_of_the_tie(opened):
    """1000 over 1461 days, 365 of them in the window."""
    assert due(opened(purchase())) == pytest.approx(1000 * 365 / 1461)


def test_what_was_paid_is_not_due_again(opened):
    """1000 less 400 paid to the opening leaves 600 for 2026 to 2028: 1096 days, 365 in the window."""
    text = purchase("deal,paid_to_date,,2025-12-31,400,USD_million,tenq,,2026-01-15")
    assert due(opened(text)) == pytest.approx(600 * 365 / 1096)


def test_without_an_end_an_assumed_life_is_used_and_said(opened):
    """Five years from 2025-01-01 are 1826 days; the dates count both ends."""
    contract = opened(purchase(end="")).ties.by_id["deal"]
    assert contract.due.value == pytest.approx(1000 * 365 / 1827)
    assert dict(contract.due.basis) == {"timing": contract.due.value}


@pytest.mark.parametrize(
    ("term", "binding"),
    [
        ("", 1.0),
        ("deal,take_or_pay,,,0.6,fraction,tenq,,2026-01-15", 0.6),
        ("deal,cancellable,,,73,days,tenq,,2026-01-15", 0.2),
        ("deal,cancellable,,,900,days,tenq,,2026-01-15", 1.0),
    ],
)
def test_what_can_be_cancelled_is_owed_for_the_notice_only(opened, term, binding):
    assert opened(purchase(term)).ties.by_id["deal"].binding == pytest.approx(binding)


def test_what_is_reported_but_not_binding_is_an_intention(opened):
    assert opened(purchase(firmness="reported")).ties.by_id["deal"].binding == 0.0


@pytest.mark.parametrize(
    ("firmness", "scopes"),
    [
        ("binding", {"binding", "active", "announced", "all"}),
        ("reported", {"active", "announced", "all"}),
        ("announced", {"announced", "all"}),
        ("letter_of_intent", {"all"}),
    ],
)
def test_which_ties_count_is_a_choice(opened, firmness, scopes):
    counted = {s.value for s in Scope if "deal" in opened(purchase(firmness=firmness), scope=s).ties.by_id}
    assert counted == scopes


def test_a_tie_that_is_part_of_another_row_or_terminated_is_left_out(opened):
    for old, new in ((",active,yes,", ",active,no,"), (",active,yes,", ",terminated,yes,")):
        opening = opened(purchase().replace(old, new))
        assert "deal" not in opening.ties.by_id
        assert [x.tie.id for x in opening.ties.left_out] == ["deal"]


def test_a_share_of_capital_spending(opened):
    """0.35 of 200 a year; in two years twice as much; half of it when the term ends at midyear (181 of 365 days)."""
    text = purchase("deal,share_of_capex,2025-01-01,2030-12-31,0.35,fraction,tenq,,2026-01-15", amount="", to="maker")
    contract = opened(text).ties.by_id["deal"]
    assert (contract.due.value, contract.role, contract.binding) == (pytest.approx(70), Role.CAPITAL, 0.0)
    assert due(opened(text, quarters=8)) == pytest.approx(140)
    short = text.replace("2030-12-31,0.35", "2026-06-30,0.35")
    assert due(opened(short)) == pytest.approx(70 * 181 / 365)


def test_a_share_of_revenue_stops_at_its_cap(opened):
    """0.2 of 1000 is 200; capped at 150 in all, of which 30 were paid."""
    share = "deal,share_of_revenue,2025-01-01,2030-12-31,0.2,fraction,tenq,,2026-01-15"
    assert due(opened(purchase(share, amount=""))) == pytest.approx(200)
    capped = f"{share}\ndeal,cap,,,150,USD_million,tenq,,2026-01-15"
    assert due(opened(purchase(capped, amount=""))) == pytest.approx(150)
    paid = f"{capped}\ndeal,paid_to_date,,2025-12-31,30,USD_million,tenq,,2026-01-15"
    contract = opened(purchase(paid, amount="")).ties.by_id["deal"]
    assert contract.due.value == pytest.approx(120)
    assert any("cap" in flag for flag in contract.due.flags)


def test_a_contained_tie_is_taken_out_of_its_container(opened):
    """A chip contract of 30 lies inside the 70 that go to the maker anyway: 40 + 30, not 100."""
    text = (
        f"ties.csv\nall,purchase,buyer,maker,,,,,,2025-01-01,2030-12-31,reported,{LAST}\n"
        f"one,purchase,buyer,maker,30,USD_million,,,2025-06-01,2026-01-01,2026-12-31,binding,{LAST}\n"
        "terms.csv\nall,share_of_capex,2025-01-01,2030-12-31,0.35,fraction,tenq,,2026-01-15\n"
        "one,inside,,,all,tie,tenq,,2026-01-15\n"
    )
    opening = opened(text)
    assert (due(opening, "all"), due(opening, "one")) == (pytest.approx(40), pytest.approx(30))
    assert opening.positions["buyer"].capital_world.value == pytest.approx(200 - 70)


def test_a_contained_tie_larger_than_its_container_leaves_nothing_of_it(opened):
    text = (
        f"ties.csv\nall,purchase,buyer,maker,,,,,,2025-01-01,2030-12-31,reported,{LAST}\n"
        f"one,purchase,buyer,maker,90,USD_million,,,2025-06-01,2026-01-01,2026-12-31,binding,{LAST}\n"
        "terms.csv\nall,share_of_capex,2025-01-01,2030-12-31,0.35,fraction,tenq,,2026-01-15\n"
        "one,inside,,,all,tie,tenq,,2026-01-15\n"
    )
    opening = opened(text)
    assert (due(opening, "all"), due(opening, "one")) == (0.0, pytest.approx(90))


def test_reported_is_ties_plus_residual(opened):
    """
    The buyer reports costs of 700 and pays 300 of them under the tie; the seller reports revenue of 1000. What is
    left is with the world, and rests on what the report rests on.
    """
    opening = opened(purchase("deal,schedule,2026-01-01,2026-12-31,300,USD_million,tenq,,2026-01-15"))
    buyer, seller = opening.positions["buyer"], opening.positions["seller"]
    assert buyer.costs_world.value == pytest.approx(700 - 300)
    assert buyer.receipts_world.value == pytest.approx(1000)
    assert seller.receipts_world.value == pytest.approx(1000 - 300)
    assert seller.costs_world.value == pytest.approx(700)
    assert sum(seller.receipts_world.basis.values()) == pytest.approx(700)
    assert opening.flags == ()


def test_ties_beyond_what_is_reported_are_scaled_to_fit_and_flagged(opened):
    """Dues of 1400 against costs of 700: each is halved, and the firm is flagged."""
    opening = opened(purchase("deal,schedule,2026-01-01,2026-12-31,1400,USD_million,tenq,,2026-01-15"))
    assert due(opening) == pytest.approx(700)
    assert opening.positions["buyer"].costs_world.value == pytest.approx(0, abs=1e-9)
    assert any(flag.startswith("buyer: ties of 1,400 exceed its operating costs of 700") for flag in opening.flags)
    assert any("scaled by 0.50" in flag for flag in opening.ties.by_id["deal"].due.flags)


def test_a_tie_fits_both_of_its_ends(opened):
    """900 fit the buyer's costs of 950, not the seller's revenue of 800: scaled to 800."""
    firms = {
        "buyer": ("cloud", FIRM | {"costs": 950.0}),
        "seller": ("neocloud", FIRM | {"revenue": 800.0, "costs": 500.0}),
    }
    opening = opened(purchase("deal,schedule,2026-01-01,2026-12-31,900,USD_million,tenq,,2026-01-15"), firms)
    assert due(opening) == pytest.approx(800)
    assert opening.positions["seller"].receipts_world.value == pytest.approx(0, abs=1e-9)
    assert opening.positions["buyer"].costs_world.value == pytest.approx(150)
    assert [flag.split(":")[0] for flag in opening.flags] == ["seller"]


LOAN = f"ties.csv\nline,loan,maker,buyer,900,USD_million,,,2025-01-01,2025-01-01,2027-12-31,binding,{LAST}\nterms.csv\n"


def test_a_loan_counts_for_what_is_drawn_not_for_what_was_agreed(opened):
    opening = opened(
        LOAN + "line,drawn,,2025-06-30,100,USD_million,tenq,,2026-01-15\n"
        "line,drawn,,2025-12-31,150,USD_million,tenq,,2026-01-15\n"
        "line,drawn,,2026-01-10,300,USD_million,tenq,,2026-01-15"
    )
    assert [d.principal.value for d in opening.ties.debts] == [150.0]


def test_loans_beyond_total_debt_are_scaled_to_it(opened):
    """900 drawn against a total debt of 400 of the same day."""
    opening = opened(LOAN + "line,secured,,,1,fraction,tenq,,2026-01-15")
    assert [d.principal.value for d in opening.ties.debts] == [pytest.approx(400)]
    assert any(flag.startswith("buyer: ties of 900 exceed its total debt of 400") for flag in opening.flags)


def test_debt_drawn_after_the_last_balance_is_added_and_flagged(opened):
    """Total debt of 400 is of June; 900 were drawn in September: debt rises to 900, and the assets by as much."""
    firms = {"buyer": ("cloud", {k: v for k, v in FIRM.items() if k != "debt"}), "maker": FIRMS["maker"]}
    text = "facts.csv\nbuyer,total_debt,,,2025-06-30,400,USD_million,tenq,2026-01-15,high,\n" + LOAN.replace(
        "2025-01-01,2025-01-01", "2025-09-15,2025-09-15"
    )
    opening = opened(text, firms)
    balance = opening.positions["buyer"].statement.balance
    assert (balance.debt.value, balance.total_assets.value) == (pytest.approx(900), pytest.approx(2500))
    assert any("raised by 500" in flag for flag in opening.flags)


def test_what_falls_due_is_the_ladder_of_the_ties(opened):
    """150 drawn; 60 of it mature in 2026 and 90 later; of the other debt of 250 a fifth (five years): 50."""
    opening = opened(
        LOAN + "line,drawn,,2025-12-31,150,USD_million,tenq,,2026-01-15\n"
        "line,maturity,,2026-06-30,60,USD_million,tenq,,2026-01-15\n"
        "line,maturity,,2027-12-31,90,USD_million,tenq,,2026-01-15"
    )
    assert opening.positions["buyer"].maturing.value == pytest.approx(60 + 50)


def test_a_subsidiary_bought_whole_is_inside_its_parent(opened):
    """As xAI in SpaceX: from the day of the merger its ties are the parent's, those with the parent vanish."""
    text = (
        "firms.csv\nsub,Sub,,,model,independent,,,,,\n"
        f"ties.csv\nmerger,equity,buyer,sub,,,100,,2025-02-01,2025-02-01,2025-02-01,binding,completed,yes,tenq,2026-01-15,high,\n"
        f"rent,purchase,sub,seller,80,USD_million,,,2025-06-01,2026-01-01,2026-12-31,binding,{LAST}\n"
        f"within,purchase,buyer,sub,50,USD_million,,,2025-06-01,2026-01-01,2026-12-31,binding,{LAST}\n"
    )
    opening = opened(text)
    assert opening.groups("sub") == "buyer"
    assert (opening.ties.by_id["rent"].payer, due(opening, "rent")) == ("buyer", pytest.approx(80))
    assert [(x.tie.id, x.reason) for x in opening.ties.left_out if x.tie.id == "within"] == [
        ("within", "inside one group")
    ]
    later = text.replace("2025-02-01,2025-02-01,2025-02-01", "2026-01-10,2026-01-10,2026-01-10")
    assert opened(later).groups("sub") == "sub"


def test_cash_of_more_than_two_quarters_ago_is_rolled_forward_and_flagged(opened):
    """
    500 at 2025-03-31, 275 days before the opening. Last year's cash flow of 365.25 less spending of 200 is
    0.4524 a day (165.25 / 365.25): 124.4 more. Debt did not change.
    """
    firms = {"buyer": ("cloud", {k: v for k, v in FIRM.items() if k != "cash"})}
    text = (
        "facts.csv\nbuyer,cash_and_investments,,,2025-03-31,500,USD_million,tenq,2026-01-15,high,\n"
        "buyer,operating_cash_flow,,2025-01-01,2025-12-31,365.25,USD_million,tenq,2026-01-15,high,\n"
        "buyer,total_debt,,,2025-03-31,400,USD_million,tenq,2026-01-15,high,\n"
    )
    cash = opened(text, firms).positions["buyer"].statement.balance.cash
    assert cash.value == pytest.approx(500 + 165.25 * 275 / 365.25)
    assert any("rolled forward 275 days" in flag for flag in cash.flags)
    assert dict(cash.basis) == {"assumption": pytest.approx(cash.value)}


def test_a_firm_without_a_figure_is_not_tested_and_the_figure_is_named(opened):
    firms = FIRMS | {"seller": ("neocloud", {k: v for k, v in FIRM.items() if k not in ("cash", "equity")})}
    opening = opened(purchase(), firms)
    assert "seller" not in opening.positions
    assert opening.untested["seller"] == "no figure for cash_and_investments, total_equity"


def test_rows_known_later_change_nothing_before(economy):
    """The opening as of a day is the same whether or not later rows (facts, ties, terms, assumptions) exist."""
    text = purchase("deal,schedule,2025-01-01,2027-12-31,300,USD_million,tenq,,2026-01-15")
    later = text.replace(
        "terms.csv\n",
        "deal-v2,purchase,buyer,seller,9000,USD_million,,,2026-02-01,2025-01-01,2028-12-31,binding,active,yes,tenq,2026-03-01,high,\n"
        "terms.csv\ndeal-v2,schedule,2025-01-01,2028-12-31,9000,USD_million,tenq,,2026-03-01\n",
    )
    later += (
        "facts.csv\nbuyer,cash_and_investments,,,2025-12-31,1,USD_million,tenq,2026-03-01,high,\n"
        "assumptions.csv\nnew,buyer,operating_cash_margin,0,0,0,fraction,,,2026-03-01,,Known later.\n"
    )
    day = date(2026, 1, 31)
    before, after = (economy.whole(economy.texts(t, FIRMS)).as_of(day) for t in (text, later))
    one, other = open_book(before), open_book(after)
    assert one.window == other.window
    for node, position in one.positions.items():
        mine, theirs = position.statement, other.positions[node].statement
        assert mine.balance.cash.value == theirs.balance.cash.value
        assert mine.plan.costs.value == theirs.plan.costs.value
    assert due(one) == due(other) == pytest.approx(300 * 365 / 1095)
    full = open_book(economy(later, FIRMS))
    assert full.ties.by_id.keys() == {"deal-v2"}


def test_horizons_scale_flows_and_leave_balances(opened):
    for quarters in (1, 2, 8):
        opening, year = opened(quarters=quarters), opened()
        for node in year.positions:
            long, one = opening.positions[node].statement, year.positions[node].statement
            for name in ("revenue", "costs", "interest", "capital_spending"):
                assert getattr(long.plan, name).value == pytest.approx(getattr(one.plan, name).value * quarters / 4)
            assert long.balance.cash.value == one.balance.cash.value
            assert long.plan.yearly_earnings == pytest.approx(one.plan.yearly_earnings)
