"""Bringing people in from a workbook."""

from flask import Blueprint

bp = Blueprint("people", __name__)
