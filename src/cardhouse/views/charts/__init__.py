"""Results as charts: one module a subject, each function from a result and a language to a :class:`Chart`.

Every chart is a Vega-Lite specification with its rows inside: a page draws it, a report carries it, a notebook shows it
as SVG, and a test reads its rows. Money is in the unit of the language, and a title says what is seen with its number.
"""
