"""The numbers to reach, measured now: ``make bench``. Floors and peers run side by side with ipweek, turn about."""
