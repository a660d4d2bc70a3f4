"""The pages of accounts: logging in, one's own settings, people, units, and the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict

from ipweek import htmx, pages
from ipweek.accounts import audit, forms, service, sessions, units, way_back, web
from ipweek.accounts.audit_words import RESULTS, action_words, object_words
from ipweek.accounts.browsers import words as browser_words
from ipweek.accounts.schema import LEVELS, role_words
from ipweek.errors import Conflict, Invalid, TooMany
from ipweek.private_numbers import mask
from ipweek.row_numbers import number

bp = Blueprint("accounts", __name__)
Done = TypeVar("Done")
OWN_MACHINE = {"127.0.0.1", "::1", "localhost"}
"""Names under which a site is open on its own machine alone: no address for somebody else's slip."""


def tried(form: forms.PageForm, act: Callable[[], Done]) -> Done | None:
    """What *act* did with a form that was sent; None when there is none yet, or when the form now says what is wrong."""
    if request.method != "POST" or not form.validate():
        return None
    try:
        return act()
    except (Invalid, Conflict, TooMany) as refused:
        form.refuse(refused)
        return None


def sent() -> MultiDict[str, str] | None:
    """The form that was sent; None when the page is only opened, so that its first values show."""
    return request.form if request.method == "POST" else None


def after(endpoint: str, words: str = "", **values: Any) -> ResponseReturnValue:
    """To the next page, which says what was done."""
    if words:
        flash(words, "done")
    return redirect(url_for(endpoint, **values), code=303)


# Logging in and out


@bp.route("/login", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    form = forms.LogIn(sent(), next=request.args.get("next", ""))
    token = tried(form, lambda: _log_in(form))
    if token is not None:
        return _welcome(form, token)
    response = (
        web.log_in_box(form, status=form.status) if pages.wants_fragment() else pages.page("accounts/login.html", form.status, form=form)
    )
    if form.retry_after:
        response.headers["Retry-After"] = str(form.retry_after)
    return response


def _log_in(form: forms.LogIn) -> str:
    browser = request.headers.get("User-Agent", "")
    return sessions.log_in(
        form.username.data, form.password.data, address=request.remote_addr or "", browser=browser, known_token=web.held_token()
    )


def _welcome(form: forms.LogIn, token: str) -> ResponseReturnValue:
    """Onto the page that was asked for; over a page, the box goes away, unless somebody else now sits there."""
    somebody = web.start_session(token)
    if not pages.wants_fragment():
        return redirect(way_back.safe_next(form.next.data), code=303)
    if somebody.must_change_password or form.person.data not in ("", "0", str(somebody.id)):
        return htmx.redirect(way_back.START)
    return htmx.respond("", trigger={"logged-in": {"token": generate_csrf()}})


@bp.post("/logout")
def log_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        sessions.log_out(web.person())
    web.end_session()
    return after(".logged_out")


@bp.get("/logged-out")
def logged_out() -> ResponseReturnValue:
    return pages.page("accounts/logged_out.html")


# One's own account


@bp.get("/account")
def account() -> ResponseReturnValue:
    return _account_page(forms.OwnAddress(email=service.own_address(by=web.person())))


@bp.post("/account/address")
def change_address() -> ResponseReturnValue:
    form = forms.OwnAddress(request.form)

    def act() -> ResponseReturnValue:
        service.change_own_address(form.email.data or "", by=web.person())
        return after(".account", "邮箱已保存。" if form.email.data else "已清空邮箱，以后只在站内提醒。")

    return tried(form, act) or _account_page(form)


def _account_page(form: forms.OwnAddress) -> ResponseReturnValue:
    by = web.person()
    mine = sessions.open_of(by.id, limits=web.limits(), by=by)
    words = {"browser_words": browser_words, "role_words": role_words}
    return pages.page("accounts/account.html", form.status, form=form, sessions=mine, **words)


@bp.route("/account/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    by, form, settings = web.person(), forms.ChangePassword(sent()), current_app.extensions["settings"]
    rules = service.PasswordRules(settings.password_length, settings.password_mixed)

    def act() -> ResponseReturnValue:
        service.change_own_password(form.old.data, form.new.data, rules=rules, by=by)
        if by.must_change_password:
            flash("密码已设定，以后请用它登录。", "done")
            return redirect(way_back.START, code=303)
        return after(".account", "密码已修改，其他地方的登录已结束。")

    return tried(form, act) or pages.page("accounts/password.html", form.status, form=form, rules=rules)


@bp.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> ResponseReturnValue:
    by = web.person()
    owner = sessions.end(session_id, by=by)
    return after(".account", "已结束那处登录。") if owner == by.id else after(".user", "已结束那处登录。", user_id=owner)


# People


@bp.get("/users")
def users() -> ResponseReturnValue:
    by, form = web.person(), forms.UserFilter(request.args)
    form.offer(service.units_to_staff(by, units.every()), service.roles_to_give(by))
    found = service.people(
        by=by, text=form.text.data or "", unit_id=form.unit_id.data or None, role=form.role.data, closed=form.closed.data
    )
    return pages.page("accounts/users.html", form=form, people=found, role_words=role_words)


@bp.route("/users/new", methods=["GET", "POST"])
def new_user() -> ResponseReturnValue:
    by, form = web.person(), forms.User(sent(), roles=["filler"])
    service.may_keep(by)
    form.offer(service.units_to_staff(by, units.every()), service.roles_to_give(by))
    slip = tried(
        form,
        lambda: service.add(
            username=form.username.data,
            name=form.name.data,
            email=form.email.data or "",
            unit_id=form.unit_id.data,
            roles=form.roles.data,
            by=by,
        ),
    )
    if slip is not None:
        return slips_page([slip])
    return pages.page("accounts/user_new.html", form.status, form=form)


@bp.route("/users/<int:user_id>", methods=["GET", "POST"])
def user(user_id: int) -> ResponseReturnValue:
    by = web.person()
    somebody = service.get(user_id, by=by)
    form = forms.User(sent(), somebody, seen=service.mark(somebody))
    form.offer(service.units_to_staff(by, units.every(closed=True)), service.roles_to_give(by))
    del form.username

    def act() -> ResponseReturnValue:
        service.change(
            somebody,
            name=form.name.data,
            email=form.email.data or "",
            unit_id=form.unit_id.data,
            roles=form.roles.data,
            seen=form.seen.data,
            by=by,
        )
        return after(".users", f"已保存：{somebody.name}。")

    open_sessions = sessions.open_of(user_id, limits=web.limits(), by=by) if by.has("admin") else ()
    return tried(form, act) or pages.page(
        "accounts/user.html", form.status, form=form, user=somebody, sessions=open_sessions, browser_words=browser_words
    )


@bp.post("/users/<int:user_id>/password")
def reset_password(user_id: int) -> ResponseReturnValue:
    by = web.person()
    return slips_page([service.reset_password(service.get(user_id, by=by), by=by)])


@bp.post("/users/<int:user_id>/close")
def close_user(user_id: int) -> ResponseReturnValue:
    by = web.person()
    somebody = service.get(user_id, by=by)
    service.close(somebody, by=by)
    return after(".users", f"{somebody.name}的账号已停用，填报的内容仍归单位。")


@bp.post("/users/<int:user_id>/reopen")
def reopen_user(user_id: int) -> ResponseReturnValue:
    by = web.person()
    return slips_page([service.reopen(service.get(user_id, by=by), by=by)])


def slips_page(slips: Sequence[service.Slip]) -> ResponseReturnValue:
    """The slips, at once and only here: a redirect would have to keep the passwords somewhere."""
    here = request.host_url
    address = current_app.extensions["settings"].site_url or ("" if urlsplit(here).hostname in OWN_MACHINE else here)
    hours = int(service.FIRST_PASSWORD_LASTS.total_seconds() // 3600)
    return pages.page("accounts/slips.html", slips=slips, hours=hours, address=address, here=here)


# Units


@bp.get("/units")
def unit_list() -> ResponseReturnValue:
    units.may_keep(web.person())
    return pages.page("accounts/units.html", units=units.every(closed=True), places=units.places(), levels=LEVELS)


@bp.route("/units/new", methods=["GET", "POST"])
def new_unit() -> ResponseReturnValue:
    by, form = web.person(), forms.UnitForm(sent())
    units.may_keep(by)
    form.offer(units.every())

    def act() -> ResponseReturnValue:
        parent_id, aliases = form.parent_id.data or None, form.aliases.data.replace("，", "、").split("、")
        made = units.add(
            slug=form.slug.data,
            name=form.name.data,
            short=form.short.data,
            level=form.level.data,
            code=form.code.data,
            parent_id=parent_id,
            aliases=aliases,
            by=by,
        )
        return after(".unit_list", f"已新增：{made.name}。", _anchor=f"unit-{made.id}")

    return tried(form, act) or pages.page("accounts/unit.html", form.status, form=form, unit=None)


@bp.route("/units/<int:unit_id>", methods=["GET", "POST"])
def unit(unit_id: int) -> ResponseReturnValue:
    by = web.person()
    one = units.get(unit_id, by=by)
    shown = {"name": one.name, "short": one.short, "code": one.code, "aliases": "、".join(one.aliases), "seen": units.mark(one)}
    form = forms.UnitForm(sent(), data={**shown, "place": str(units.places().get(one.id, ""))})
    for made_once in ("slug", "level", "parent_id"):
        del form[made_once]

    def act() -> ResponseReturnValue:
        aliases = form.aliases.data.replace("，", "、").split("、")
        units.change(
            one,
            name=form.name.data,
            short=form.short.data,
            code=form.code.data,
            aliases=aliases,
            place=int(form.place.data or 0),
            seen=form.seen.data,
            by=by,
        )
        return after(".unit_list", f"已保存：{one.name}。", _anchor=f"unit-{one.id}")

    return tried(form, act) or pages.page("accounts/unit.html", form.status, form=form, unit=one)


@bp.post("/units/<int:unit_id>/move")
def move_unit(unit_id: int) -> ResponseReturnValue:
    by = web.person()
    one = units.get(unit_id, by=by)
    units.move(one, units.places().get(one.id, 0) + (1 if request.form.get("way") == "down" else -1), by=by)
    return after(".unit_list", _anchor=f"unit-{unit_id}")


@bp.post("/units/<int:unit_id>/close")
def close_unit(unit_id: int) -> ResponseReturnValue:
    by = web.person()
    one = units.get(unit_id, by=by)
    units.close(one, by=by)
    return after(".unit_list", f"{one.name}已停用，它的人员不能再登录，填报的内容仍保留。", _anchor=f"unit-{unit_id}")


@bp.post("/units/<int:unit_id>/reopen")
def reopen_unit(unit_id: int) -> ResponseReturnValue:
    by = web.person()
    one = units.get(unit_id, by=by)
    units.reopen(one, by=by)
    return after(".unit_list", f"{one.name}已恢复启用。", _anchor=f"unit-{unit_id}")


# The audit log


@bp.get("/audit", endpoint="audit")
def audit_log() -> ResponseReturnValue:
    by, form = web.person(), forms.AuditFilter(request.args)
    good = form.validate()
    asked = {name: value for name, value in form.data.items() if value and good}
    found = audit.entries(by=by, page=request.args.get("page", 1, type=number), **asked)
    form.offer(audit.actions())
    form.object.data = object_words(form.object.data or "")
    broken = audit.verify() if "verify" in request.args else None
    words = {"action_words": action_words, "object_words": object_words, "results": RESULTS, "mask": partial(mask, in_contact=False)}
    words |= {
        "people": service.names_of({line.actor for line in found.lines}),
        "units": {unit.slug: unit.short for unit in units.every(closed=True)},
    }
    return pages.page("accounts/audit.html", form.status, form=form, found=found, asked=asked, broken=broken, **words)
