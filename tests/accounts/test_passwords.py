import re

import pytest

from ipweek.accounts import passwords


def test_a_hash_is_argon2id_well_above_19_mib():
    pw_hash = passwords.hash_password("梧桐-落叶-三片")

    memory, rounds = map(int, re.match(r"^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", pw_hash).groups())
    assert memory >= 19 * 1024
    assert rounds >= 2


def test_a_password_of_64_chinese_characters_is_not_cut():
    password = "汉" * 32 + "字" * 32
    pw_hash = passwords.hash_password(password)

    assert passwords.matches(pw_hash, password)
    assert not passwords.matches(pw_hash, password[:63])


def test_nothing_matches_an_empty_hash():
    assert not passwords.matches("", "")
    assert not passwords.matches("not a hash", "anything")


@pytest.mark.parametrize(
    "password",
    [
        "Zscq@2024",
        "shanghai2024",
        "知识产权宣传周2024",
        "ipweek!2025",
        "minhang@123",
        "闵行区闵行区2024",
        "password1",
        "P@ssw0rd",
        "12345678",
        "1qaz@WSX",
        "qwertyuiop",
        "iloveyou1",
        "woaini1314",
        "huawei@123",
        "trustno1",
        "admin@123",
        "Aa123456",
        "11112222",
        "abababab",
        "sunshine99",
        "zhangsan1985",
        "liming2024",
    ],
)
def test_a_common_password_is_refused_with_the_reason(password):
    said = passwords.weakness(password, length=8, context=["闵行区", "minhang", "liming"])

    assert said.endswith("。")


@pytest.mark.parametrize(
    "password",
    [
        "窗外的梧桐落了三片叶",
        "kmtr-74hw-px9d",
        "correct horse battery staple",
        "purple monkey ginger whiskey",
        "tie4-shu7kai-hua",
        "梧" * 3 + "桐树下的旧自行车" * 8,
    ],
)
def test_a_password_of_ones_own_is_taken(password):
    assert passwords.weakness(password, length=8, context=["闵行区", "minhang"]) == ""


@pytest.mark.parametrize(
    "password, mixed, begins",
    [
        ("七个字的密码呀", False, "密码至少要 8 个字"),
        ("长" * 257, False, "密码最多 256 个字"),
        ("窗外的梧桐落了三片叶", True, "密码要同时有字母和数字"),
    ],
)
def test_length_is_counted_in_characters_and_a_site_may_ask_for_digits(password, mixed, begins):
    assert passwords.weakness(password, length=8, mixed=mixed).startswith(begins)


def test_first_passwords_are_readable_random_and_strong():
    made = {passwords.first_password() for _ in range(500)}

    assert len(made) == 500
    assert all(re.fullmatch(r"[a-z346789]{4}(-[a-z346789]{4}){2}", each) for each in made)
    assert not set("".join(made)) & set("0o1il25s")
    assert not any(passwords.weakness(each, length=8) for each in made)
