"""Money raised for AI: by country and year, by round, by listing, and what a dollar of a round was spent on."""

from cardhouse.lenses.capital.answer import Capital, FirmCapital, capital, capital_of
from cardhouse.lenses.capital.investment import Place, Share, Spread, Year, investment, spread, venture_shares
from cardhouse.lenses.capital.listings import Listing, gain, listings
from cardhouse.lenses.capital.rounds import Pledge, Round, RoundsOfYear, by_year, pledges, rounds, state
from cardhouse.lenses.capital.spending import Ending, Outlay, Spending, ends_of, spending

__all__ = [
    "Capital",
    "Ending",
    "FirmCapital",
    "Listing",
    "Outlay",
    "Place",
    "Pledge",
    "Round",
    "RoundsOfYear",
    "Share",
    "Spending",
    "Spread",
    "Year",
    "by_year",
    "capital",
    "capital_of",
    "ends_of",
    "gain",
    "investment",
    "listings",
    "pledges",
    "rounds",
    "spending",
    "spread",
    "state",
    "venture_shares",
]
