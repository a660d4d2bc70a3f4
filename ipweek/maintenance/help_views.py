"""The pages of this feature."""

from flask import Blueprint

bp = Blueprint("help", __name__)
