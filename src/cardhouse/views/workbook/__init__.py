"""The workbook: the book and its answers as sheets, with formulas where an analyst would change a number."""

from cardhouse.views.workbook.build import workbook

__all__ = ["workbook"]
