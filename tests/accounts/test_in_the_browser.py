"""Log-in, the box over a page, and the slips, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from ipweek.accounts import service, sessions, units
from ipweek.accounts.schema import at_the_command_line
from tests import make
from tests.browser import log_in

pytestmark = pytest.mark.browser

PAGES = ["/account", "/account/password", "/users", "/users/new", "/users/{user}", "/users/import", "/units", "/units/new", "/units/{unit}"]


def serious(page):
    """What axe finds on the page that would stop somebody."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found if each["impact"] in ("serious", "critical")]


def test_no_page_of_accounts_shuts_anybody_out(app, live, page, known_hash):
    units.load(by=at_the_command_line("root"))
    admin = make.user("office", "admin", "viewer", pw_hash=known_hash)
    auditor = make.user("office", "auditor", pw_hash=known_hash)
    filler = make.user("minhang")
    page.goto(f"{live.url}/login")
    found = {"/login": serious(page)}

    log_in(page, live, admin.username, make.PASSWORD)
    for path in PAGES:
        page.goto(live.url + path.format(user=filler.id, unit=filler.unit_id))
        found[path] = serious(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(f"{live.url}/users/{filler.id}")
    page.get_by_role("button", name="重置密码").click()
    found["slips"] = serious(page)
    page.get_by_role("button", name="退出登录").click()
    found["/logged-out"] = serious(page)
    log_in(page, live, auditor.username, make.PASSWORD)
    page.goto(f"{live.url}/audit")
    found["/audit"] = serious(page)

    assert {path: what for path, what in found.items() if what} == {}


def test_the_log_in_box_opens_over_the_page_and_leaves_what_was_typed(live, page, known_hash):
    user = make.user("office", "clerk", pw_hash=known_hash)
    log_in(page, live, user.username, make.PASSWORD)
    page.goto(f"{live.url}/users/new")
    page.locator("#name").fill("陈立")
    before = page.locator("meta[name=csrf-token]").get_attribute("content")
    sessions.end_all(user.id)

    for _ in range(2):  # a second request may not take the box away from under the hands
        page.evaluate("htmx.ajax('GET', '/users', {target: '#main'})")
        page.wait_for_selector("#log-in-box")
    box = page.locator("#log-in-box")
    assert page.evaluate("document.activeElement.closest('#log-in-box') !== null")
    assert box.locator("#username").input_value() == user.username
    assert serious(page) == []
    box.locator("#password").fill("falsch-und-lang")
    box.get_by_role("button").click()
    box.get_by_text(sessions.WRONG).wait_for()
    box.locator("#password").fill(make.PASSWORD)
    box.get_by_role("button").click()
    box.wait_for(state="detached")

    assert page.locator("#name").input_value() == "陈立"
    assert page.locator("meta[name=csrf-token]").get_attribute("content") != before
    page.locator("#username").fill("minhang7")
    page.get_by_role("button", name="新增并显示密码条").click()
    page.get_by_text("请选择一个正在使用的单位").wait_for()  # the form came through with its new token
    assert page.locator("#name").input_value() == "陈立"


def test_a_first_password_leads_to_ones_own_and_into_the_app(live, page):
    slip = service.add(
        username="minhang7", name="陈立", unit_id=make.unit("minhang").id, roles=["filler"], by=make.person("office", "admin")
    )
    page.goto(live.url)
    page.get_by_label("用户名").fill(slip.username)
    page.get_by_label("密码", exact=True).fill(slip.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/password")

    for field, words in (("#old", slip.password), ("#new", "梧桐-落叶-三片"), ("#again", "梧桐-落叶-三片")):
        page.locator(field).fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/account/password" not in url)

    assert page.get_by_text("陈立").is_visible()


def test_a_log_out_clears_the_drafts_of_this_computer(live, page, known_hash):
    user = make.user("minhang", pw_hash=known_hash)
    log_in(page, live, user.username, make.PASSWORD)
    page.evaluate("localStorage.setItem('ipweek:1:7', '13800000001')")
    page.on("dialog", lambda dialog: dialog.accept())

    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/logged-out")

    assert page.evaluate("localStorage.length") == 0
    page.go_back()
    page.wait_for_load_state()
    assert "退出登录" not in page.content() or page.url.endswith("/logged-out")


def test_the_slips_print_several_on_a_page(live, page, known_hash, tmp_path):
    units.load(by=at_the_command_line("root"))
    admin = make.user("office", "admin", pw_hash=known_hash)
    user = make.user("minhang")
    log_in(page, live, admin.username, make.PASSWORD)
    page.goto(f"{live.url}/users/{user.id}")
    page.get_by_role("button", name="重置密码").click()
    page.emulate_media(media="print")

    assert not page.locator(".top").is_visible()
    assert not page.get_by_role("button", name="打印").is_visible()
    assert page.locator(".slips li").bounding_box()["height"] < 400
