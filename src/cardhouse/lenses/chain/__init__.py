"""The chain from chips to applications, layer by layer and camp by camp, quarter by quarter as known then."""

from cardhouse.lenses.chain.chain import By, Chain, Line, chain
from cardhouse.lenses.chain.sums import Cell
from cardhouse.lenses.chain.then import Then, then
from cardhouse.lenses.chain.use import Pair, uses

__all__ = ["By", "Cell", "Chain", "Line", "Pair", "Then", "chain", "then", "uses"]
