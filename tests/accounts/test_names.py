import pytest

from ipweek.accounts import names
from ipweek.accounts.way_back import safe_next


@pytest.mark.parametrize("typed", ["闵行区", " 闵行区 ", "闵行\u200b区", "\u202e闵行区", "\ufeff闵行区\x00", "闵行区\ud800"])
def test_unseen_characters_are_no_part_of_a_name(typed):
    assert names.clean(typed) == "闵行区"


def test_two_spellings_of_a_name_have_one_key():
    assert names.key("市委宣传部(市版权局)") == names.key(" 市委宣传部（市版权局） ")
    assert names.key("ＭinHang１") == "minhang1"


def test_a_rare_character_stays_as_typed():
    assert names.clean("𠮷田 䶮") == "𠮷田 䶮"


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "",
        "//evil",
        "///evil",
        "/\\evil",
        "\\\\evil",
        "https:evil",
        "https://evil",
        "http:/evil",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil",
        "evil.cn/x",
        "/\t/evil",
        "/\n/evil",
        "/%09/evil",
        "/%5cevil",
        "/%2fevil",
        "//evil@us/",
        "http://[::1",
        "/login?next=/",
        "/logged-out",
        "\x00/",
        "/" + "x" * 600,
    ],
)
def test_the_way_back_never_leaves_the_site(asked):
    assert safe_next(asked) == "/"


@pytest.mark.parametrize("asked", ["/", "/annexes/12?row=3", "/users?text=%E5%BC%A0&role=filler", "/annexes/12#row-3"])
def test_the_way_back_leads_to_the_page_that_was_asked_for(asked):
    assert safe_next(asked) == asked
