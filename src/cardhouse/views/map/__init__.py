"""The map of who pays whom: links of the book, a layout that stays the same between runs, and a drawing in SVG."""

from cardhouse.views.map.layout import Layout, lay_out
from cardhouse.views.map.links import Flow, Link, Standing, links, standing_of
from cardhouse.views.map.svg import Drawing, Mark, draw_map

__all__ = ["Drawing", "Flow", "Layout", "Link", "Mark", "Standing", "draw_map", "lay_out", "links", "standing_of"]
