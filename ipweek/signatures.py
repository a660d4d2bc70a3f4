"""Signatures that are checked once: a browser sends the same cookie and the same form token with every request."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

KEPT = 4096
"""How many signed texts are remembered: more than people work at one time."""
LONGEST = 4096
"""Characters of a text that is remembered, as many as browsers keep in a cookie. A good signature may be drawn out without an end by
signs that base64 has none of, and what is remembered is the text as it was sent: a million of them would fill the memory."""


class Remembered(URLSafeTimedSerializer):
    """A serializer that remembers which texts bear a good signature, and what they say. How old they are is looked at each time."""

    def __init__(self, *given: Any, **words: Any) -> None:
        super().__init__(*given, **words)
        self._opened = lru_cache(KEPT)(self._open)

    def loads(self, s: str | bytes, max_age: int | None = None, *_: Any, **__: Any) -> Any:  # type: ignore[override]  # no other salts
        """What was signed; BadSignature for what we never signed, SignatureExpired for what is older than *max_age* seconds.

        It may be the same object each time, flat, which nobody may change: Flask's session is a copy.
        """
        payload, signed_at, said = self._opened(s) if len(s) <= LONGEST else self._open(s)
        if max_age is not None and not 0 <= int((datetime.now(UTC) - signed_at).total_seconds()) <= max_age:
            raise SignatureExpired("too old", payload=payload, date_signed=signed_at)
        return self.load_payload(payload) if said is None else said

    def _open(self, s: str | bytes) -> tuple[bytes, datetime, Any]:
        last = BadSignature("no key")
        for signer in self.iter_unsigners():
            try:
                payload, signed_at = signer.unsign(s, return_timestamp=True)
            except BadSignature as error:
                last = error
            else:
                said = self.load_payload(payload)
                return payload, signed_at, said if _is_flat(said) else None
        raise last


def _is_flat(said: Any) -> bool:
    """Whether it holds nothing that can be changed in its place, as the list of Flask's messages to the next page can."""
    parts = said.values() if isinstance(said, dict) else [said]
    return all(isinstance(part, str | int) for part in parts)


class Cookies(SecureCookieSessionInterface):
    """Flask's own signed cookies, with one serializer for the life of *app*."""

    def __init__(self, app: Flask) -> None:
        made = super().get_signing_serializer(app)
        assert made is not None  # noqa: S101 -- a site without a secret does not start
        self._serializer = Remembered(made.secret_keys, salt=made.salt, serializer=made.serializer, signer_kwargs=made.signer_kwargs)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        return self._serializer


def install(app: Flask) -> None:
    """Read form tokens of *app* with it. What reads its cookies is made by ``accounts.web``, which decides how old they may be."""
    app.extensions["form_tokens"] = Remembered(app.secret_key, salt="wtf-csrf-token")  # as Flask-WTF signs them


def token_of(sent: str) -> str | None:
    """The session's token that Flask-WTF signed into a form's; None for a text that it never signed."""
    try:
        token = current_app.extensions["form_tokens"].loads(sent)
    except BadSignature:
        return None
    return token if isinstance(token, str) else None
