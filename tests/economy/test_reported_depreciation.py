"""What of the reported lines is depreciation of plant: by hand on one firm, and as the accounts have it on the book."""

from __future__ import annotations

import pytest

from cardhouse.economy.compiled_nodes import node_figures
from cardhouse.economy.opening import open_book
from cardhouse.economy.window import quarters_of, window_after
from cardhouse.lenses.accounts.plant import plant

FIRM = {
    "cloud": (
        "cloud",
        {
            "cash": 100.0,
            "plant": 900.0,
            "assets": 2000.0,
            "debt": 0.0,
            "equity": 2000.0,
            "revenue": 400.0,
            "costs": 50.0,
        },
    )
}
LINES = ("depreciation", "depreciation_and_amortization", "depreciation_and_amortization_total")
WHOLE, WITH_INTANGIBLES, BOUGHT = (
    "depreciation_and_amortization,,2025-10-01,2025-12-31,60",
    "depreciation_and_amortization_total,,2025-10-01,2025-12-31,60",
    "amortization_of_intangibles,,2025-10-01,2025-12-31,20",
)
OWN, OWN_YEAR = "depreciation,,2025-10-01,2025-12-31,35", "depreciation,,2024-01-01,2024-12-31,90"


def charged(economy, *facts, share=None):
    """Depreciation of plant and amortisation of intangibles a year, of a firm that reports these rows."""
    assumed = {"plant_depreciation_share": {"cloud": share}} if share is not None else {}
    rows = economy.texts("", FIRM, assumed=assumed)
    rows["metrics"] += [f"{line},flow,USD_million,,{line},," for line in (*LINES, "amortization_of_intangibles")]
    rows["facts"] += [f"cloud,{fact},USD_million,tenq,2026-01-15,high," for fact in facts]
    opening = open_book(economy.read(rows), quarters=4)
    found = node_figures(opening, "cloud", quarters_of(window_after(opening.window.opening, 1), 1))
    return found.short.yearly + found.long.yearly, found.amortisation


@pytest.mark.parametrize(
    ("facts", "share", "expected"),
    [
        ((WHOLE,), None, (240.0, 0.0)),  # four times 60
        ((WHOLE, BOUGHT), None, (160.0, 80.0)),  # four times 60 less 20
        ((WHOLE, BOUGHT), 1.0, (240.0, 80.0)),  # the line is without intangibles: nothing comes off it
        ((WHOLE, BOUGHT), 0.5, (120.0, 80.0)),  # half of the line is for plant, whatever the rest is
        ((WITH_INTANGIBLES, BOUGHT), 1.0, (160.0, 80.0)),  # the share speaks of the line without them
        ((OWN, WHOLE, BOUGHT), 0.5, (140.0, 80.0)),  # told apart: no share is needed
        ((OWN_YEAR, WHOLE), 0.5, (120.0, 0.0)),  # the line of plant is a year old, the newer one is taken
        ((BOUGHT,), 0.5, (None, 80.0)),
    ],
)
def test_the_charge_for_plant_by_hand(economy, facts, share, expected):
    plant_charge, intangible = charged(economy, *facts, share=share)
    assert intangible == expected[1]
    if expected[0] is not None:
        assert plant_charge == pytest.approx(expected[0])


@pytest.mark.parametrize("firm", ["amazon", "amd", "microsoft", "oracle", "alphabet", "meta", "nvidia"])
def test_it_is_what_the_accounts_take_for_plant(shipped, firm):
    """For whoever builds, the pace of the last quarter lies above the year that ends with it, and below twice it."""
    opening = open_book(shipped, quarters=24)
    found = node_figures(opening, firm, quarters_of(opening.window, 24))
    year = plant(shipped, firm, shipped.date, {}).depreciation
    assert year.value <= found.short.yearly + found.long.yearly < 2.0 * year.value
