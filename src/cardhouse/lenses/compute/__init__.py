"""Compute economics: what an hour, an operation and a token cost on each accelerator, and whether it pays.

Public functions, each in the module of its name and each for a book as known on its day:
``overview.overview`` (all accelerators), ``overview.depth`` (one), ``tokens.tokens``, ``rents.rents``,
``payback.payback``, ``switch.switch``, ``training.training``, ``power.power``; below them ``hourly.hourly`` (cost of
an hour), ``chips.chip`` (data sheet and price), ``work.reading`` and ``work.writing`` (roofline),
``regression.fit`` (least squares with HC3 errors). ``ranges.Choices`` and ``models.Asked`` hold what a user changes.
"""
