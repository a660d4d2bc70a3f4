"""The pages of this feature."""

from flask import Blueprint

bp = Blueprint("board", __name__)
