"""Handing mails to the site's mail server. Never inside a request: the ticker and ``ipweek remind`` do it."""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass

from ipweek.config import SMTP_SECURITY, Settings
from ipweek.reporting import letters, outbox
from ipweek.reporting.letters import Letter

TIMEOUT = 20.0
"""Seconds that the server gets for each answer."""
AT_MOST = 600.0
"""Seconds for one run: well within outbox.CLAIM_LASTS, so that nobody else takes over what is still being sent."""
NO_MAIL = "收件地址不是一个能用的邮箱，请核对邮箱"
_log = logging.getLogger(__name__)


@dataclass
class Posted:
    """What came of one run."""

    sent: int = 0
    failed: int = 0
    put_off: int = 0
    why: str = ""
    """Why one of them was not sent."""


def post(settings: Settings) -> Posted:
    """Send what is due. Does nothing where no mail server is set."""
    done = Posted()
    if not settings.smtp_host:
        return done
    outbox.collect()
    waiting = outbox.claim()
    if not waiting:
        return done
    until = time.monotonic() + AT_MOST
    is_let_in = False
    try:
        with connect(settings) as server:
            is_let_in = True
            while waiting and time.monotonic() < until:
                _hand_over(server, waiting[0], settings, done)
                waiting.pop(0)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        done.why = why_not(error)
        _log.warning("mail: %s (%s)", type(error).__name__, error)
        tried = waiting[:1] if is_let_in else waiting  # it may be this one letter that ends the talk: the others go without it next time
        for letter in tried:
            outbox.put_off(letter, done.why)
        waiting = waiting[len(tried) :]
        done.put_off += len(tried)
    for letter in waiting:
        outbox.leave(letter)
    done.put_off += len(waiting)
    return done


def connect(settings: Settings) -> smtplib.SMTP:
    """A connection to the mail server, encrypted and logged in as the settings say; OSError or SMTPException where there is none."""
    port = settings.smtp_port or SMTP_SECURITY[settings.smtp_security]
    name = "ipweek"  # our own name would be asked of the DNS, which can take long
    trusted = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.smtp_host, port, name, timeout=TIMEOUT, context=trusted)
    else:
        server = smtplib.SMTP(settings.smtp_host, port, name, timeout=TIMEOUT)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=trusted)
        if settings.smtp_user and settings.smtp_password_path is not None:
            server.login(settings.smtp_user, settings.smtp_password_path.read_text("utf-8").strip())
    except BaseException:
        server.close()
        raise
    return server


def try_out(settings: Settings) -> str:
    """Why mails would not go out now, in a sentence; "" when the server lets us in. Sends nothing."""
    try:
        with connect(settings) as server:
            server.noop()
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        return why_not(error)
    return ""


def why_not(error: Exception) -> str:
    """What went wrong and where to look; the server's own words are in the log."""
    words = next((words for kind, words in _BECAUSE if isinstance(error, kind)), "连接邮件服务器时出错")
    return words.format(codes="、".join(map(str, codes_of(error))))


_BECAUSE: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "邮件服务器不接受用户名或密码"),
    (smtplib.SMTPNotSupportedError, "邮件服务器不支持所设的加密或登录方式，请核对设置 smtp_security"),
    (smtplib.SMTPRecipientsRefused, "邮件服务器不接受收件地址（{codes}），请核对邮箱"),
    (smtplib.SMTPSenderRefused, "邮件服务器不接受发件地址（{codes}），请核对设置 smtp_sender"),
    (smtplib.SMTPServerDisconnected, "邮件服务器没有及时回应，或中断了连接"),
    (smtplib.SMTPResponseException, "邮件服务器没有收下（{codes}）"),
    (ssl.SSLError, "邮件服务器的证书不可信，或加密方式不符，请核对设置 smtp_security"),
    (socket.gaierror, "找不到邮件服务器，请核对设置 smtp_host"),
    (ConnectionRefusedError, "邮件服务器没有开放这个端口，请核对设置 smtp_port"),
    (TimeoutError, "邮件服务器没有及时回应"),
    (FileNotFoundError, "找不到邮箱密码文件，请核对设置 smtp_password_file"),
    (PermissionError, "没有权限读邮箱密码文件，请核对设置 smtp_password_file"),
    (UnicodeError, "邮箱密码文件不是 UTF-8 文字，或密码里有邮件服务器不接受的字"),
)
"""The first kind that fits says it."""


def codes_of(error: Exception) -> list[int]:
    """The numbers that the server answered with, if it did."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return sorted({code for code, _ in error.recipients.values()})
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def _hand_over(server: smtplib.SMTP, letter: Letter, settings: Settings, done: Posted) -> None:
    """Send one; what only concerns this one is written down, what concerns the server is raised."""
    try:
        mail = letters.write(letter, sender=settings.smtp_sender, office=settings.office_name, site_url=settings.site_url)
    except ValueError as error:  # of the standard library's own, which looks closer at an address than we do
        done.why = NO_MAIL
        _log.warning("mail %d: %s (%s)", letter.mail_id, type(error).__name__, error)
        outbox.note_failed(letter, NO_MAIL)
        done.failed += 1
        return
    try:
        server.send_message(mail)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        codes = codes_of(error)
        if 421 in codes:  # it closes the connection
            raise
        done.why = why_not(error)
        _log.warning("mail %d: %s", letter.mail_id, error)
        if all(500 <= code < 600 for code in codes):
            outbox.note_failed(letter, done.why)
            done.failed += 1
        else:
            outbox.put_off(letter, done.why)
            done.put_off += 1
    else:
        outbox.note_sent(letter)
        done.sent += 1
