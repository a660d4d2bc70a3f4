"""Handing out kept files."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, current_app
from flask_login import current_user

from ipweek.files import service

bp = Blueprint("files", __name__)

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
"""What a file is called on its way out; everything else goes as plain bytes, never as a page."""


@bp.get("/files/<int:file_id>")
def download(file_id: int) -> Response:
    file, data = service.hand_out(file_id, by=current_user, settings=current_app.extensions["settings"])
    response = Response(data, content_type=MEDIA_TYPES.get(file.kind, "application/octet-stream"))
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response
