"""Random economies and scenarios: the same for the same seed.

Two to six firms and a vehicle: contracts with every term of ``terms.csv``, loans between firms and from outside, stakes
both ways, instalments, warrants, guarantees; little cash, so that firms fall. Drivers anywhere inside their bounds.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from cardhouse.book import Where
from cardhouse.economy.drivers import DRIVERS, Blend
from cardhouse.economy.scenario import BASELINE, PullEvent, Shape, Shock

QUARTERS = 6
LAYERS = ("model", "cloud", "neocloud", "compute", "application")
LENDERS = ("public-bondholders", "bank-syndicate", "private-credit")
HERE = Where("random.toml", 1)


@dataclass(frozen=True)
class World:
    """A random economy: rows of the book's files, figures of each firm, assumptions."""

    firms: tuple[tuple[str, str, tuple[tuple[str, float], ...]], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    assumed: tuple[tuple[str, float], ...]

    @property
    def ids(self):
        return [firm for firm, _, _ in self.firms]


class Builder:
    """Draws one economy from one number.

    A calm one has the cash that its plan needs, and nothing that a pull reads otherwise than a run does: no parts
    that wait for a condition and no tax beside costs (a pull has neither), vehicles whose terms say that their debt
    is secured (for a run it always is), guarantees that name their contract.
    """

    def __init__(self, seed, *, calm=False):
        self.calm = calm
        self.rng = random.Random(seed)  # noqa: S311 (a sample, no secret)
        self.ids = [f"f{i}" for i in range(self.rng.randint(2, 6))]
        self.layers = {f: self.rng.choice(LAYERS) for f in self.ids}
        self.ties, self.terms, self.facts, self.firms = [], [], [], []
        self.deals = []
        zero = dict.fromkeys(self.ids, 0.0)
        self.costs, self.orders, self.earned, self.borrowed, self.lent, self.carried = (dict(zero) for _ in range(6))

    def chance(self, part):
        return self.rng.random() < part

    def pair(self):
        return self.rng.sample(self.ids, 2)

    def tie(self, name, kind, payer, payee, amount, *, start="2025-01-01", end="2027-12-31", rate="", status="active"):
        self.ties.append(
            f"{name},{kind},{payer},{payee},{amount},USD_million,,{rate},2025-01-01,{start},{end},"
            f"binding,{status},yes,tenq,2026-01-15,high,"
        )

    def term(self, name, word, value, unit, start="", end=""):
        line = f"{name},{word},{start},{end},{value},{unit},tenq,,2026-01-15"
        if line not in self.terms:  # a book says each term once
            self.terms.append(line)

    def schedule(self, name, payer, yearly):
        """One way of saying when a tie is paid."""
        way = self.rng.choice(("none", "schedule", "ramp", "gigawatts", "late", "capex", "revenue"))
        first, last = ("2026-07-01", "2027-12-31") if way == "late" else ("2025-01-01", "2027-12-31")
        if way in ("schedule", "late", "ramp"):
            self.term(name, "ramp" if way == "ramp" else "schedule", 3 * yearly, "USD_million", first, last)
        elif way == "gigawatts":
            self.term(name, "gigawatts", 3, "GW", first, last)
            self.term(name, "per_gigawatt", yearly, "USD_million")
        elif way == "capex":
            self.term(name, "share_of_capex", self.rng.choice((0.1, 0.4)), "fraction")
            self.orders[payer] += 4.0
        elif way == "revenue":
            self.term(name, "share_of_revenue", self.rng.choice((0.05, 0.2)), "fraction")
            if self.chance(0.5):
                self.term(name, "cap", self.rng.randint(5, 60), "USD_million")
                self.term(name, "paid_to_date", 2, "USD_million", end="2025-12-31")

    def changes(self, name, payer, payee):
        """Terms that change what a schedule says."""
        rng = self.rng
        if self.chance(0.3):
            self.term(name, "cancellable", rng.choice((0, 30, 90)), "days")
        elif self.chance(0.6):
            self.term(name, "take_or_pay", rng.choice((0.0, 0.5, 1.0)), "fraction")
        if self.chance(0.3):
            self.term(name, "rent_indexed", rng.choice((0.5, 1.0)), "fraction")
            if self.chance(0.5):
                self.term(name, "price_lock", rng.choice((1.0, 1.3)), "ratio")
        if self.chance(0.2):
            self.term(name, "trade_in", 0.2, "fraction")
        others = [f for f in self.ids if f not in (payer, payee)]
        if others and self.chance(0.4):
            self.term(name, "for", rng.choice(others), "firm")
            self.term(name, "for_share", rng.choice((0.3, 1.0)), "fraction")
        if self.chance(0.3):
            self.tranche(name)

    def tranche(self, name):
        """A part that waits for a condition."""
        if self.calm:
            return
        rng = self.rng
        self.term(
            name,
            "conditional",
            rng.randint(2, 30),
            "USD_million",
            "2026-01-01",
            rng.choice(("2026-06-30", "2027-06-30")),
        )
        way = rng.choice(("worth", "listed", "paid", "power", "met"))
        if way == "worth":
            self.term(name, "if_valuation", rng.choice((1, 60, 200)), "USD_million")
        elif way == "listed":
            self.term(name, "if_listed", 1, "flag", "2026-08-01")
        elif way == "paid":
            self.term(name, "if_delivered", rng.choice((1, 20)), "USD_million")
        elif way == "power":
            self.term(name, "if_gigawatts", 1, "GW")
            self.term(name, "per_gigawatt", rng.choice((2, 20)), "USD_million")
        else:
            self.term(name, "condition_met", 1, "flag", "2026-05-01")
        if self.deals and way in ("paid", "power") and self.chance(0.5):
            self.term(name, "condition_tie", rng.choice(self.deals)[0], "tie")

    def contracts(self):
        for n in range(self.rng.randint(1, 8)):
            payer, payee = self.pair()
            if self.chance(0.15):
                payee = "suppliers"
            elif self.chance(0.1):
                payer = "trade-creditors"
            name, yearly = f"c{n}", self.rng.randint(1, 40)
            kind = self.rng.choice(("purchase", "purchase", "lease", "supply", "revenue_share"))
            self.tie(name, kind, payer, payee, 3 * yearly)
            if payer in self.ids:
                self.schedule(name, payer, yearly)
                chips = self.layers.get(payee) == "compute" and self.layers[payer] != "compute" and kind != "lease"
                (self.orders if chips else self.costs)[payer] += yearly
            self.changes(name, payer, payee)
            if payee in self.ids:
                self.earned[payee] += yearly
            self.deals.append((name, payer, payee))

    def vehicle(self):
        """A vehicle with one tenant, a landlord and debts, and perhaps somebody who answers for the tenant."""
        if not self.chance(0.4):
            return
        rng, tenant = self.rng, self.rng.choice(self.ids)
        self.firms.append("van,Van,,,datacenter,independent,vehicle,,,,")
        rent = rng.randint(4, 30)
        self.tie("vr", "lease", tenant, "van", 3 * rent)
        self.costs[tenant] += rent
        self.tie("vp", "lease", "van", "data-center-landlords", 3 * rng.randint(1, rent))
        lender = rng.choice((*self.ids, *LENDERS))
        amount = rng.randint(5, 60)
        self.tie("vl", "loan", lender, "van", amount, end="2030-12-31", rate=rng.choice((5, 9)))
        if self.calm:
            self.term("vl", "secured", 1.0, "fraction")
        if lender in self.ids:
            self.lent[lender] += amount
        self.deals.append(("vr", tenant, "van"))

    def debts(self):
        rng = self.rng
        for n in range(rng.randint(0, 5)):
            borrower = rng.choice(self.ids)
            lender = rng.choice([f for f in (*self.ids, *LENDERS) if f != borrower])
            name, amount = f"l{n}", rng.randint(1, 60)
            end = rng.choice(("2026-05-31", "2027-03-31", "2031-12-31"))
            self.tie(
                name, rng.choice(("loan", "bond")), lender, borrower, amount, end=end, rate=rng.choice(("", 4, 10))
            )
            if lender in self.ids:
                self.lent[lender] += amount
            self.borrowed[borrower] += amount
            self.covenants(name, amount)

    def covenants(self, name, amount):
        rng = self.rng
        if self.chance(0.4):
            self.term(name, "secured", rng.choice((0.5, 1.0)), "fraction")
        if self.chance(0.3):
            self.term(name, "floating", rng.choice((0.5, 1.0)), "fraction")
        way = rng.choice(("none", "ladder", "run"))
        if way == "ladder":
            self.term(name, "maturity", amount / 2, "USD_million", end="2026-09-15")
            self.term(name, "maturity", amount / 2, "USD_million", end="2027-02-15")
        elif way == "run":
            self.term(name, "amortises", amount, "USD_million", "2026-01-01", "2027-12-31")
        if self.chance(0.3):
            self.term(name, "drawn", amount, "USD_million", end="2025-12-31")
            self.term(name, "undrawn", rng.randint(1, 20), "USD_million", end="2025-12-31")
            self.term(name, "dscr", rng.choice((1.15, 2.0)), "ratio")

    def stakes(self):
        rng = self.rng
        for n in range(rng.randint(0, 4)):
            holder, held = self.pair()
            name, amount = f"s{n}", rng.randint(1, 40)
            if self.chance(0.6):
                self.tie(name, "equity", holder, held, amount, end="2025-06-30", status="completed")
                self.term(name, "stake", rng.choice((0.05, 0.2, 0.4)), "fraction", end="2025-12-31")
                if self.chance(0.8):
                    self.term(name, "carrying", amount, "USD_million", end="2025-12-31")
                    self.carried[holder] += amount
            else:
                self.tie(name, "equity", holder, held, amount)
                self.term(name, "schedule", amount, "USD_million", "2026-01-01", "2027-03-31")
                if self.chance(0.5):
                    self.tranche(name)
        for n in range(rng.randint(0, 2)):
            if self.deals:
                tie, payer, payee = rng.choice(self.deals)
                issuer, taker = (payee, payer) if self.chance(0.7) else self.pair()
                if issuer in self.ids and taker in self.ids:
                    self.tie(f"w{n}", "warrant", taker, issuer, 1)
                    self.term(f"w{n}", "vests_with", tie, "tie")
                    self.term(f"w{n}", "vests", 0.1, "fraction")
                    self.term(f"w{n}", "hurdle", rng.choice((1, 100)), "USD_million")

    def guarantees(self):
        rng = self.rng
        for n in range(rng.randint(0, 3)):
            tie, obligor, beneficiary = rng.choice(self.deals)
            others = [f for f in self.ids if f not in (obligor, beneficiary)]
            if not others or obligor not in self.ids or self.chance(0.1):
                continue
            name = f"g{n}"
            self.tie(name, "guarantee", rng.choice(others), obligor, 40, end="2030-12-31")
            self.term(name, "obligor", obligor, "firm")
            self.term(name, "beneficiary", beneficiary, "firm")
            if self.calm or self.chance(0.7):
                self.term(name, "covers", tie, "tie")
            self.term(name, "cap", rng.randint(2, 40), "USD_million")
            self.term(name, "first_loss", rng.choice((0, 0, 5)), "USD_million")
            if self.chance(0.3):
                self.term(name, "effective", 1, "flag", "2026-04-15", rng.choice(("", "2026-12-15")))
            if self.chance(0.3):
                self.term(name, "residual_value", rng.randint(2, 30), "USD_million", end="2026-11-30")

    def figures(self, f):
        """A balance sheet that may or may not hold: cash is short on purpose."""
        rng = self.rng
        revenue = self.earned[f] + rng.randint(5, 80)
        interest, capex = rng.randint(0, 4), self.orders[f] + rng.randint(0, 20)
        costs = max(self.costs[f], 0.3 * revenue) + rng.randint(0, 20)
        debt = self.borrowed[f] + rng.choice((0, rng.randint(1, 60)))
        plant, other, leases = rng.randint(0, 200), rng.randint(0, 60), rng.choice((0, 0, rng.randint(1, 30)))
        lacks = max(costs + interest + capex - revenue, 0.0)
        cash = rng.choice((1, 4, 15)) + (lacks + 10 if self.calm else 0.25 * rng.randint(0, 4) * lacks)
        receivables = 0.1 * self.earned[f] + rng.randint(0, 4)
        assets = cash + receivables + plant + other + self.lent[f] + self.carried[f]
        equity = assets - debt - leases - 0.1 * (self.costs[f] + self.orders[f]) - rng.randint(0, 10)
        figures = {
            "cash": cash,
            "receivables": receivables,
            "plant": plant,
            "assets": assets,
            "debt": debt,
            "leases": leases,
            "equity": equity,
            "undrawn": rng.choice((0, 0, 10)),
            "revenue": revenue,
            "costs": costs,
            "interest": interest,
            "capex": capex,
            "income": rng.randint(-10, 20),
        }
        if self.chance(0.4):
            figures["funding"] = rng.randint(0, 30)
        if self.chance(0.5):
            self.facts.append(f"{f},market_cap,,,2025-12-31,{rng.randint(20, 400)},USD_million,tenq,2026-01-15,high,")
        return tuple((name, float(value)) for name, value in figures.items())

    def assumptions(self):
        rng = self.rng
        may = {
            "payment_days": (0.0, 36.525, 80.0),
            "leverage_limit": (0.0, 2.0),
            "equity_issue_share": (0.0, 0.1),
            "growth_floor": (0.0, 0.1),
            "revenue_growth": (0.0, 0.6),
            "growth_cost_flex": (0.0, 0.5),
            "capex_growth": (0.0, 0.5),
            "fixed_cost_pass": (0.0, 0.5),
            "world_cost_floor": (0.0, 0.5),
            "tax_rate": (0.0, 0.0 if self.calm else 0.2),
            "ai_demand_share": (0.0, 0.5, 1.0),
            "compute_rent_share": (0.0, 0.5),
            "new_sales_rent_share": (0.0, 0.5),
            "export_share": (0.0, 0.2),
            "sovereign_share": (0.0, 0.2),
            "rent_decay": (0.0, 0.3),
            "relet_lag": (0.0, 1.0, 3.0),
            "recovery_lag": (0.0, 1.0, 2.0),
            "floating_debt_share": (0.0, 0.5),
            "capital_subsidy_share": (0.0, 0.1),
            "equity_return": (0.0, 0.1),
            "intention_response": (0.0, 1.0),
            "payout_share": (0.0, 0.5),
            "minimum_cash_share": (0.0, 0.1),
        }
        return tuple((name, rng.choice(values)) for name, values in may.items())

    def world(self):
        self.contracts()
        self.vehicle()
        self.debts()
        self.stakes()
        self.guarantees()
        firms = tuple((f, self.layers[f], self.figures(f)) for f in self.ids)
        rows = (("firms", self.firms), ("facts", self.facts), ("ties", self.ties), ("terms", self.terms))
        return World(firms, tuple((name, tuple(lines)) for name, lines in rows), self.assumptions())


def world_of(seed, *, calm=False):
    return Builder(seed, calm=calm).world()


def scenario_of(seed, ids):
    """Drivers anywhere inside their bounds, most of them near their baseline; pulls; reorganisations."""
    rng = random.Random(seed)  # noqa: S311 (a sample, no secret)
    shocks = []
    for driver in rng.sample(list(DRIVERS.values()), rng.randint(0, 6)):
        low, high = driver.low, driver.high
        if rng.random() < 0.7 and driver.blend is not Blend.LEAST:
            low, high = max(low, 0.5 * driver.baseline), min(high, 1.5 * driver.baseline or 0.3 * high)
        path = rng.random() < 0.3
        values = tuple(rng.uniform(low, max(low, high)) for _ in range(3 if path else 1))
        shocks.append(
            Shock(
                driver=driver.id,
                shape=Shape.PATH if path else Shape.LEVEL,
                values=values,
                where=HERE,
                start=rng.randint(1, QUARTERS),
                firm=rng.choice(ids) if driver.per_firm else "",
                over=1 if path else rng.choice((1, 3)),
                lasts=rng.choice((None, 2)),
            )
        )
    pulled = rng.sample(ids, rng.choice((0, 0, 1, 1, 2)))
    pulls = tuple(PullEvent(f, HERE, rng.choice((0.0, 0.0, 0.6)), rng.randint(1, QUARTERS - 1)) for f in pulled)
    again = tuple(f for f in ids if rng.random() < 0.3)
    return replace(BASELINE, name=f"s{seed}", shocks=tuple(shocks), pulls=pulls, reorganise=again)
