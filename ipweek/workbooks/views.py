"""The pages of this feature."""

from flask import Blueprint

bp = Blueprint("workbooks", __name__)
