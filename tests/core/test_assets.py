"""Scripts and styles go out without comments and indentation, and say what they said."""

import gzip
from pathlib import Path

import pytest

from ipweek import assets

STATIC = Path(assets.__file__).parent / "static"
OWN_SCRIPTS = sorted((STATIC / "js").rglob("*.js"))


def test_a_script_loses_its_comments_and_indentation():
    source = '// why\nfunction f() {\n  // how\n  return 1;  // what for\n\n  g("a  // b");\n}\n'

    assert assets.bare_script(source) == 'function f(){\nreturn 1;\ng("a  // b");\n}\n'


@pytest.mark.parametrize(
    ("code", "bare"),
    [
        ("const a = (b, c) => ({ d: [b, c] });", "const a=(b,c)=>({d:[b,c]});"),
        ("const a = b ? -1 : c - -d;", "const a=b?-1:c - -d;"),
        ('say("a , b", \'c = "d"\', "e\\" = f");', 'say("a , b",\'c = "d"\',"e\\" = f");'),
        ("say(`a , ${b}`, c);", "say(`a , ${b}`,c);"),
        ("say(`a ${b.map((c) => `d , ${c}`)}`, c);", "say(`a ${b.map((c) => `d , ${c}`)}`, c);"),
        ("const a = b + c - d;", "const a=b+c-d;"),
        ("const a = b + +c + -d - -e;", "const a=b + +c + -d - -e;"),
        ("a.replace(/ , /g, b);", "a.replace(/ , /g, b);"),
        ("return typeof a === b;", "return typeof a===b;"),
    ],
)
def test_blanks_around_signs_go_but_never_those_of_a_text(code, bare):
    assert assets.bare_script(code) == f"{bare}\n"


def test_a_script_is_sent_with_the_parts_that_it_names(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.js").write_text("one();\n", "utf-8")
    (tmp_path / "whole.js").write_text("begin();\n  // @part parts/one.js\nend();\n", "utf-8")

    assert assets.whole(tmp_path / "whole.js") == "begin();\none();\nend();\n"


@pytest.mark.parametrize(
    "code",
    [
        'go("http://x");',
        'say("a  // b");',
        "say('a  // b',\"c\");",
        "say(`a  // ${b}`);",
        "const r = /a\\/\\/b/;",
        "say(\"it's  // 'x'\");",
    ],
)
def test_what_looks_like_a_comment_inside_a_text_stays(code):
    assert assets.bare_script(code) == f"{code}\n"


@pytest.mark.parametrize("code", ["say(`a\n  b`);", 'say("a \\\n   b");'])
def test_a_script_with_a_text_over_several_lines_goes_as_it_is(code):
    assert assets.bare_script(code) == code


def test_a_style_loses_its_comments_and_keeps_its_texts():
    source = '/* one\ntwo */\na::before { content: "/* no */  x"; } /* "quoted" */\n\n@media print {\n  b { color: red }\n}\n'

    assert assets.bare_style(source) == 'a::before { content: "/* no */  x"; }\n@media print {\nb { color: red }\n}'


@pytest.mark.parametrize("path", OWN_SCRIPTS, ids=lambda path: path.name)
def test_every_script_of_ours_is_sent_shorter(path):
    source = path.read_text("utf-8")
    bare = assets.bare_script(source)

    assert len(bare) < len(source) * 0.95


def test_the_server_sends_them_bare_and_what_others_wrote_as_it_is(client):
    def sent(path):
        answer = client.get(f"/static/{path}")
        assert answer.status_code == 200
        return answer

    script = assets.whole(STATIC / "js" / "grid.js")
    vendor = (STATIC / "vendor" / "htmx-2.0.11.min.js").read_bytes()

    assert sent("js/grid.js").text == assets.bare_script(script)
    assert "/*" not in sent("css/grid.css").text
    assert "Accept-Ranges" not in sent("js/grid.js").headers
    assert sent("vendor/htmx-2.0.11.min.js").data == vendor


def test_what_others_wrote_is_sent_packed_and_unpacks_to_the_very_file(client):
    vendor = (STATIC / "vendor" / "htmx-2.0.11.min.js").read_bytes()

    answer = client.get("/static/vendor/htmx-2.0.11.min.js", headers={"Accept-Encoding": "gzip, deflate"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(answer.data) == vendor
    assert len(answer.data) < len(gzip.compress(vendor, 9))
