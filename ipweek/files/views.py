"""The pages of this feature."""

from flask import Blueprint

bp = Blueprint("files", __name__)
