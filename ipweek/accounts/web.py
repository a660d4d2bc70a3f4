"""What stands before every view: where a request comes from, who makes it, and whether its form was really ours.

Everything needs a log-in but for the few endpoints named here.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any, cast

import structlog
from flask import Flask, Request, Response, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SessionMixin
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadSignature

from ipweek import htmx, pages, signatures
from ipweek.accounts import audit, forms, origin, sessions, way_back
from ipweek.accounts.schema import Person
from ipweek.config import Settings
from ipweek.errors import Forbidden, LoggedOut, Refused
from ipweek.extensions import csrf, login

log = structlog.get_logger()

OPEN = frozenset(
    {
        "static",
        "accounts.log_in",
        "accounts.log_out",
        "accounts.logged_out",
        "maintenance.healthz",
        "maintenance.readyz",
        "help.index",
        "help.browser",
    }
)
"""What may be asked for without a log-in."""
BEFORE_THE_FIRST_PASSWORD_IS_CHANGED = OPEN | {"accounts.change_password"}
"""All that a first password opens."""
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
POLL = "X-Poll"
"""Header of a request that the page makes on its own: it does not keep a log-in alive."""

NOT_SAVED = "登录已过期，这次没有保存。请重新登录，再按浏览器的“后退”回到原来的页面保存一次。"
FOREIGN = "这个请求不是从本系统的页面发出的，没有执行。请从菜单重新进入。"
NOT_OURS = "这次没有保存：页面打开太久，或浏览器没有保留登录信息。请再点一次；仍不行就刷新页面，并确认浏览器允许本站使用 Cookie。"


class Cookie(signatures.Cookies):
    """Flask's signed cookie without an age of its own: how long a log-in lasts is decided by the session table alone.

    Flask's takes no cookie from the future: a server clock that is put back by a second would log everybody out.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        signer, sent = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if signer is None or not sent:
            return super().open_session(app, request)
        try:
            return self.session_class(signer.loads(sent))
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie when it says something new. That answers vary by it is said of each (``headers``)."""
        if session.modified:
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Stand before every view of *app*."""
    app.session_interface = Cookie(app)
    settings: Settings = app.extensions["settings"]
    app.extensions["limits"] = sessions.Limits(timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours))
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # we call it below, after the checks that need no token
    login.session_protection = None  # it compares addresses and browsers; the session table decides here
    login._session_identifier_generator = str  # noqa: SLF001 -- nor shall it hash them in every request
    login.user_loader(who)
    app.after_request_funcs[None].remove(login._update_remember_cookie)  # noqa: SLF001 -- nobody is remembered beyond his session
    app.before_request(guard)
    app.after_request(note_denial)
    app.register_error_handler(CSRFError, csrf_failed)


def person() -> Person:
    """Who makes this request, as services want it."""
    known = g.get("_login_user")  # where Flask-Login keeps whom it found, at a tenth of the price of asking it again
    return cast("Person", known or current_user._get_current_object())  # noqa: SLF001 -- werkzeug's own way to unwrap a proxy


def limits() -> sessions.Limits:
    """How long log-ins last on this site."""
    return cast("sessions.Limits", current_app.extensions["limits"])


def who(token: str) -> Person | None:
    """Flask-Login asks once a request."""
    return sessions.person_of(token, limits=limits(), is_action=POLL not in request.headers)


def guard() -> Response | None:
    """Every request passes here. The checks are given the request itself: to ask Flask's proxy for it costs as much as they do."""
    asked: Request = cast("Any", request)._get_current_object()  # noqa: SLF001 -- werkzeug's own way to unwrap a proxy
    origin.begin(asked.remote_addr or "", g.get("request_id", ""))
    refuse_foreign_origin(asked)
    endpoint = asked.endpoint
    if endpoint is None:  # no such address
        return None
    if endpoint not in OPEN:
        somebody = person()
        if not somebody.is_authenticated:
            return ask_to_log_in(asked)
        if somebody.must_change_password and endpoint not in BEFORE_THE_FIRST_PASSWORD_IS_CHANGED:
            return ask_for_own_password()
    if asked.method in UNSAFE:
        check_csrf_token(asked)
    return None


def refuse_foreign_origin(asked: Request) -> None:
    """A form on another site can't write here, not even with a good token. Plain http sends no Sec-Fetch-Site."""
    if asked.method not in UNSAFE:
        return
    sent = asked.headers.get("Origin") or asked.headers.get("Referer")
    is_foreign = sent is not None and way_back.host_of(sent) != asked.host.lower()
    if is_foreign or asked.headers.get("Sec-Fetch-Site") == "cross-site":
        log.warning("foreign origin", path=asked.path, sent=(sent or "")[:200])
        raise Forbidden(FOREIGN)


def ask_to_log_in(asked: Request) -> Response:
    """The log-in page, or the log-in box over the page they are on."""
    if POLL in asked.headers:
        response = htmx.respond("", 401)
        response.headers["HX-Reswap"] = "none"  # a poll may not disturb what the person does, not even in the log-in box
        return response
    if pages.wants_fragment():
        return log_in_box(status=401)
    if asked.method in UNSAFE:
        raise LoggedOut(NOT_SAVED)
    there = way_back.safe_next(asked.full_path.rstrip("?"))
    return cast("Response", redirect(url_for("accounts.log_in", next=None if there == way_back.START else there)))


def ask_for_own_password() -> Response:
    """A first password opens nothing but the page where it is changed."""
    there = url_for("accounts.change_password")
    return htmx.redirect(there) if pages.wants_fragment() else cast("Response", redirect(there, 303))


def check_csrf_token(asked: Request) -> None:
    """Unsafe requests bring the token of their session. Flask-WTF looks at every one that does not plainly fit, and says why."""
    field = current_app.config["WTF_CSRF_FIELD_NAME"]
    sent, held = asked.form.get(field), session.get(field)
    if sent and held and hmac.compare_digest(signatures.token_of(sent) or "", held):
        g.csrf_valid = True  # what Flask-WTF tells its forms
    else:
        csrf.protect(apply_exemptions=True)


def csrf_failed(error: CSRFError) -> Response:
    """Say so; a page of ours gets a good token at once, so that what was typed can be sent again."""
    log.warning("csrf", path=request.path, why=error.description)
    if current_user.is_authenticated:
        audit.write_refused("csrf.refuse", by=person(), object=request.endpoint or "")
    refused = Refused(NOT_OURS)
    if not pages.wants_fragment():
        return pages.refuse(refused)
    # Only our own pages can send htmx's header and read the answer.
    token = {"csrf-renew": {"token": generate_csrf()}}
    response = htmx.respond(pages.fragment("refused.html", "sentence", refused=refused), refused.status, trigger=token)
    htmx.retarget(response, "#notice", reswap="none" if POLL in request.headers else "innerHTML")
    return response


def note_denial(response: Response) -> Response:
    """Every 403 of somebody we know goes into the audit log, within its bounds."""
    if response.status_code == 403 and request.endpoint != "static" and current_user.is_authenticated:
        audit.write_refused("access.deny", by=person(), object=request.endpoint or "", detail=f"{request.method} {request.path}")
    return response


def start_session(token: str) -> Person:
    """The browser now holds *token*, in a new cookie with a new CSRF token."""
    session.clear()
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)
    somebody = sessions.person_of(token, limits=limits())
    if somebody is None:  # closed in this very moment
        raise LoggedOut
    login_user(somebody)
    return somebody


def end_session() -> None:
    """The browser holds nothing any more."""
    logout_user()
    session.clear()


def held_token() -> str:
    """The token in the browser's cookie, whether or not its log-in still lasts."""
    return str(session.get("_user_id", ""))


def log_in_box(form: forms.LogIn | None = None, *, status: int) -> Response:
    """The log-in form as a box over the page, which stays as it is."""
    fresh = form is None
    if form is None:
        owner, username = sessions.owner_of(held_token())
        form = forms.LogIn(person=str(owner), username=username)
    response = htmx.respond(pages.fragment("accounts/login.html", "box", form=form, fresh=fresh), status)
    htmx.retarget(response, "#notice")
    return response
