"""The pages of this feature."""

from flask import Blueprint

bp = Blueprint("maintenance", __name__)
