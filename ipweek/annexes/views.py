"""The pages of this feature."""

from flask import Blueprint

bp = Blueprint("annexes", __name__)
