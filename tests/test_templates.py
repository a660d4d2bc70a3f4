"""Rules that every template keeps, so that nobody has to remember them in review."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ipweek import config
from ipweek.app import create_app
from ipweek.maintenance import instance

TEMPLATES = Path(__file__).parent.parent / "templates"
EVERY = sorted(TEMPLATES.rglob("*.html"))
VERBS = {"hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete"}

each = pytest.mark.parametrize("path", EVERY, ids=lambda path: path.relative_to(TEMPLATES).as_posix())


@pytest.fixture(scope="module")
def frame(tmp_path_factory):
    """The application, for its addresses and its Jinja; nothing is stored."""
    folder = tmp_path_factory.mktemp("templates") / "instance"
    instance.make(folder)
    return create_app(config.load({}, instance=folder))


class Tags(HTMLParser):
    """Every opening tag with its attributes."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(path):
    """The template's own tags; what Jinja puts into them counts as one word, its statements as a space."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "x", text, flags=re.DOTALL), flags=re.DOTALL)
    parser = Tags()
    parser.feed(text)
    parser.close()
    return parser.found


@each
def test_it_compiles(frame, path):
    frame.jinja_env.get_template(path.relative_to(TEMPLATES).as_posix())


@each
def test_its_first_comment_says_what_it_is(path):
    assert re.match(r"\{#-?\s+\S.{15,}?-?#\}", path.read_text("utf-8"), re.DOTALL)


@each
def test_nothing_inline_runs_or_paints(path):
    for tag, attributes in tags(path):
        assert not {name for name in attributes if name.startswith(("on", "hx-on"))} | ({"style"} & attributes.keys()), (tag, attributes)
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert not (attributes.get("href") or "").lower().startswith("javascript:")


@each
def test_escaping_is_never_switched_off(path):
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", path.read_text("utf-8"))


@each
def test_every_htmx_request_also_works_without_javascript(path):
    for tag, attributes in tags(path):
        asked = VERBS & attributes.keys()
        if not asked:
            continue
        assert asked <= {"hx-get", "hx-post"}, f"a browser alone sends only GET and POST: {attributes}"
        if re.search(r"every |from:body|\bload\b|revealed", attributes.get("hx-trigger") or ""):
            continue  # brings up to date what the page already shows
        plain = attributes.get("href") or attributes.get("action") or attributes.get("formaction")
        assert plain, f"<{tag}> with {asked} needs href, action or formaction"
        if "hx-post" in asked:
            assert attributes.get("method", attributes.get("formmethod", "")).lower() == "post" or tag == "button", attributes


@each
def test_every_form_that_changes_something_carries_the_token(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    forms = re.findall(r"<form\b(?:[^>\"]|\"[^\"]*\")*?method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE)
    assert len(forms) == len(re.findall(r"method=\"post\"", text, re.IGNORECASE))
    for form in forms:
        assert re.search(r"csrf|hidden_tag\(\)", form), form[:200]


@each
def test_every_address_that_it_names_is_there(frame, path):
    endpoints = {rule.endpoint for rule in frame.url_map.iter_rules()}
    named = set(re.findall(r"url_for\(\s*['\"]([a-z_]+(?:\.[a-z_]+)?)['\"]", path.read_text("utf-8")))
    assert named <= endpoints


@each
def test_every_static_file_that_it_names_is_there(frame, path):
    for name in re.findall(r"asset\(\s*['\"]([^'\"]+)['\"]\s*\)", path.read_text("utf-8")):
        assert (Path(frame.static_folder) / name).is_file(), name


@each
def test_nothing_is_loaded_from_outside(path):
    for _, attributes in tags(path):
        for name in ("src", "href", "action", "srcset"):
            assert not re.match(r"(https?:)?//", attributes.get(name) or ""), attributes


@each
def test_every_picture_says_what_it_shows(path):
    for tag, attributes in tags(path):
        assert tag != "img" or "alt" in attributes, attributes
