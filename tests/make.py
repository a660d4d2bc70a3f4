"""Makers: each stores something valid; a test names only what it is about."""
