"""The pages of this feature."""

from flask import Blueprint

bp = Blueprint("notice", __name__)
