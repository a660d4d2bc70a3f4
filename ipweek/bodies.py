"""What a form may hold: text that is text. Bytes that are no UTF-8 would be stored as escape signs, so they are refused."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask import Flask, request

from ipweek.errors import Refused


def install(app: Flask) -> None:
    """Look at each posted form before anything reads it."""
    app.before_request(refuse_broken_text)


def refuse_broken_text() -> None:
    """400 for a urlencoded form whose bytes are not UTF-8, lone surrogates among them."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    sent = request.get_data(cache=True)
    if request.form and not any("%" in key or "%" in value for key, value in request.form.items(multi=True)):
        return  # Werkzeug leaves the signs that it could not decode: there are none, and few forms need the slow look
    try:
        unquote_to_bytes(sent).decode("utf-8")
    except UnicodeDecodeError as error:
        reason = "内容里有无法识别的文字编码，没有保存。请把这段文字重新输入，或从原来的软件里重新复制。"
        raise Refused(reason) from error
