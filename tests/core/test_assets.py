"""Scripts and styles go out without comments and indentation, and say what they said."""

from pathlib import Path

import pytest

from ipweek import assets

STATIC = Path(assets.__file__).parent / "static"
OWN_SCRIPTS = sorted((STATIC / "js").glob("*.js"))


def test_a_script_loses_its_comments_and_keeps_its_lines():
    source = '// why\nfunction f() {\n  // how\n  return 1;  // what for\n\n  g("a  // b");\n}\n'

    assert assets.bare_script(source) == '\nfunction f() {\n\nreturn 1;\n\ng("a  // b");\n}\n'


@pytest.mark.parametrize(
    "code",
    [
        'go("http://x");',
        'say("a  // b");',
        "say('a  // b', \"c\");",
        "say(`a  // ${b}`);",
        "const r = /a\\/\\/b/;",
        "say(\"it's  // 'x'\");",
    ],
)
def test_what_looks_like_a_comment_inside_a_text_stays(code):
    assert assets.bare_script(code) == code


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
    assert bare.count("\n") == source.count("\n")


def test_the_server_sends_them_bare_and_what_others_wrote_as_it_is(client):
    def sent(path):
        answer = client.get(f"/static/{path}")
        assert answer.status_code == 200
        return answer

    script = (STATIC / "js" / "grid.js").read_text("utf-8")
    vendor = (STATIC / "vendor" / "htmx-2.0.11.min.js").read_bytes()

    assert sent("js/grid.js").text == assets.bare_script(script)
    assert "/*" not in sent("css/grid.css").text
    assert "Accept-Ranges" not in sent("js/grid.js").headers
    assert sent("vendor/htmx-2.0.11.min.js").data == vendor
