"""Jobs that a worker process of a cluster can import: one that is like any other, and one that kills it."""

from __future__ import annotations

import os
import signal

from cardhouse.economy.many.parts import Part
from cardhouse.economy.many.run import Job
from cardhouse.economy.many.worker import Worker

HOME = os.getpid()


class Deadly(Job):
    """Its third chunk ends every process that computes it, as when memory runs out."""

    __slots__ = ()

    def part(self, worker: Worker, number: int) -> Part:
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().part(worker, number)


def process_id() -> int:
    """The process that this runs in."""
    return os.getpid()
