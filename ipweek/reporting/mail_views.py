"""邮件发送情况: what was sent, what waits, what failed and why, for the office and the administrator."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from ipweek import pages
from ipweek.accounts.web import person
from ipweek.reporting import letters, outbox

bp = Blueprint("mail", __name__)


@bp.get("/mail")
def state() -> Response:
    """How the mails stand."""
    found = outbox.desk(show=request.args.get("show", ""), by=person())
    return pages.page("reporting/mail.html", desk=found, words=outbox.STATUSES, subject=letters.subject)


@bp.post("/mail/<int:mail_id>/again")
def again(mail_id: int) -> Response:
    """Send one that failed once more."""
    outbox.again(mail_id, by=person())
    flash("已重新放入待发，很快会再发一次。", "done")
    return redirect(url_for(".state"), code=303)


@bp.post("/mail/again")
def all_again() -> Response:
    """Send all that failed once more."""
    count = outbox.all_again(by=person())
    flash(f"已把 {count} 封没有发出的邮件重新放入待发。" if count else "没有要重发的邮件。", "done")
    return redirect(url_for(".state"), code=303)
