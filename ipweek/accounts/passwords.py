"""Passwords: how they are hashed, which are too weak, and the first ones that stand on printed slips.

Argon2id well above OWASP's floor of 19 MiB. Rules of ASVS 5.0, 6.2: any characters, at least 64 of them allowed, never
cut, common and contextual passwords refused with the reason.
"""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ipweek.errors import Busy

LONGEST = 256
"""Characters; more than anyone types, little enough to hash."""

_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
_slots = threading.BoundedSemaphore(2)
_SLOT_SECONDS = 10


@contextmanager
def _slot() -> Iterator[None]:
    """Only two hashes at a time: a flood of log-ins may not take all memory and threads from those who save."""
    if not _slots.acquire(timeout=_SLOT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _slots.release()


def hash_password(password: str) -> str:
    """The hash to store, 50 ms of work."""
    with _slot():
        return _hasher.hash(password)


def matches(pw_hash: str, password: str) -> bool:
    """Whether *password* made *pw_hash*. Takes as long for an empty hash (no such user, or closed) as for a real one."""
    with _slot():
        try:
            return _hasher.verify(pw_hash or _nobodys_hash(), password) and bool(pw_hash)
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def is_outdated(pw_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(pw_hash)


_CLEAR_LETTERS = "abcdefghjkmnpqrtuvwxyz"
_CLEAR_DIGITS = "346789"


def first_password() -> str:
    """A random password that can be read from paper and typed: ``kmtr-74hw-px9d``, without lookalikes, about 55 bits."""
    groups = ("".join(secrets.choice(_CLEAR_LETTERS + _CLEAR_DIGITS) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


# Which are too weak

_SITE_WORDS = (
    "ipweek", "zscq", "zhishichanquan", "zhishi", "chanquan", "知识产权", "知识", "产权", "宣传周", "宣传", "联席会议", "联席办",
    "办公室", "上海市", "上海", "shanghai", "shangh", "xuanchuanzhou", "xuanchuan", "lianxiban", "lianxihuiyi", "intellectual", "property",
)  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d\d")
_SAME = re.compile(r"(.)\1{2,}|(..)\2{2,}")
_WALKS = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "a1b2c3d4e5f6", "!@#$%^&*()", "!qaz@wsx#edc$rfv",
    "1qaz!qaz2wsx@wsx", "147258369", "741852963", "159357", "5201314", "1314520", "甲乙丙丁",
)  # fmt: skip
_LOOKALIKES = (str.maketrans("@4031$5!7", "aaoeissit"), str.maketrans("@4031$5!7", "aaoelsslt"))
_LEAST_OWN = 4
"""What must be left, in letters, when all that is easily guessed is taken away; a digit or sign counts half."""


def weakness(password: str, *, length: int, mixed: bool = False, context: Iterable[str] = ()) -> str:
    """Why *password* may not be taken, as a sentence; empty when it may.

    *length* counts characters. *mixed* asks for letters and digits both. *context* are words that stand near the
    person: names, unit, log-in name.
    """
    if len(password) < length:
        return f"密码至少要 {length} 个字，现在是 {len(password)} 个。"
    if len(password) > LONGEST:
        return f"密码最多 {LONGEST} 个字。"
    if mixed and not (any(c.isalpha() for c in password) and any(c.isdigit() for c in password)):
        return "密码要同时有字母和数字。"
    if password.isdigit():
        return "全是数字的密码容易被猜到，请加入字母或汉字。"
    if len(set(password.casefold())) < 5:
        return "密码里不同的字太少，请换一个。"
    found = _easily_guessed(password, [word for word in (_plain(each) for each in context) if len(word) > 1])
    if found is not None:
        words = "”“".join(dict.fromkeys(found[:3]))
        return f"密码里的“{words}”太常见，容易被猜到。可以用几个互不相干的词连起来。"
    return ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _easily_guessed(password: str, context: list[str]) -> list[str] | None:
    """The words that make up nearly all of *password*, or None when enough is the person's own."""
    plain = _plain(password)
    for table in (None, *_LOOKALIKES):
        found: list[str] = []
        common: set[str] = set()
        left = _without_patterns(plain, found)
        if table:
            left = left.translate(table)
        for word in sorted({*context, *_SITE_WORDS}, key=len, reverse=True):
            left = _without(left, word, found)
        for word in _common_words():
            before = left
            left = _without(left, word, found)
            if left != before:
                common.add(word)
        own = sum(1 if char.isalpha() else 0.5 for char in left if char != " ")
        if found and own < _LEAST_OWN and len(common) < 3:  # three unrelated words in a row are a good password
            return found
    return None


def _without(text: str, word: str, found: list[str]) -> str:
    if word in text:
        found.append(word)
        return text.replace(word, " ")
    return text


def _without_patterns(text: str, found: list[str]) -> str:
    """*text* without years, repetitions, and runs of four or more keys that lie side by side."""
    for pattern in (_YEAR, _SAME):
        found += [match.group() for match in pattern.finditer(text)]
        text = pattern.sub(" ", text)
    for walk in _WALKS:
        for line in (walk, walk[::-1]):
            for size in range(min(len(line), len(text)), 3, -1):
                for start in range(len(line) - size + 1):
                    text = _without(text, line[start : start + size], found)
    return text


@cache
def _common_words() -> tuple[str, ...]:
    """What the best known passwords of the world and of China are made of, longest first."""
    words = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split()
    return tuple(sorted(set(words), key=len, reverse=True))
