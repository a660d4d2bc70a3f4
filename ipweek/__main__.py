"""``python -m ipweek``."""

from ipweek.cli import main

main()
