"""The company table: growth, margins, receivables, cash and staff of firms side by side, each over its own period."""

from cardhouse.lenses.peers.choice import chosen
from cardhouse.lenses.peers.peer import Peer
from cardhouse.lenses.peers.table import Peers, peers

__all__ = ["Peer", "Peers", "chosen", "peers"]
