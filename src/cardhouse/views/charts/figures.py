"""Figures of a firm in words: short in a title, with their period on an axis."""

from __future__ import annotations

from cardhouse.views.words import Words


def short(t: Words) -> dict[str, str]:
    """Figures as a title calls them."""
    return {
        "revenue": t("revenue"),
        "capital spending": t("capital spending"),
        "net income": t("net income"),
        "free cash flow": t("free cash flow"),
        "cash": t("cash"),
        "debt": t("debt"),
        "market value": t("market value"),
    }


def dated(t: Words) -> dict[str, str]:
    """Figures with what they are of: a quarter's flow, or a balance at its end."""
    return {
        "revenue": t("revenue of the quarter"),
        "capital spending": t("capital spending of the quarter"),
        "net income": t("net income of the quarter"),
        "free cash flow": t("free cash flow of the quarter"),
        "cash": t("cash at the end of the quarter"),
        "debt": t("debt at the end of the quarter"),
        "market value": t("market value at the end of the quarter"),
    }
