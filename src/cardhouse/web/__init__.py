"""The web app: a JSON API over the same functions as the command line, and pages that use nothing else.

Needs the extra ``web``. Everything is served from the package: no address outside is ever asked for.
"""
