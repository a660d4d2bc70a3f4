"""The pages of this feature."""

from flask import Blueprint

bp = Blueprint("reporting", __name__)
