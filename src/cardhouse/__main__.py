"""``python -m cardhouse`` is the command line."""

from cardhouse.cli import main

main()
