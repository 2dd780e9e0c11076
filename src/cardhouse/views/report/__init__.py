"""The report: one HTML file that asks nobody for anything, from a book and runs, to read, print and send on."""

from cardhouse.views.report.build import report
from cardhouse.views.report.runs import quick, reopened

__all__ = ["quick", "reopened", "report"]
