"""Office desktops have Chromium 90: no style, script or page of ours uses what came later, or what plain http does not have.

Each pattern stands with the version that brought it. What others wrote (``vendor/``) is their business.
"""

import re
from pathlib import Path

import pytest

import ipweek

PACKAGE = Path(ipweek.__file__).parent
STYLES = sorted((PACKAGE / "static" / "css").rglob("*.css"))
SCRIPTS = sorted((PACKAGE / "static" / "js").rglob("*.js"))
PAGES = sorted((PACKAGE.parent / "templates").rglob("*.html"))

NEWER_STYLE = {
    r":has\(": 105,
    r"@container\b|\bcontainer(-type|-name)?\s*:|\dcq[wh]\b": 105,
    r"@layer\b": 99,
    r"@scope\b|@starting-style\b|@view-transition\b": 118,
    r"\baccent-color\s*:": 93,
    r"\bscrollbar-gutter\s*:|\bscrollbar-(color|width)\s*:": 94,
    r"(^|[{;])\s*(translate|rotate|scale)\s*:": 104,
    r"\((width|height)\s*[<>]|[<>]=?\s*(width|height)\b": 104,
    r"\d[sld]v[wh]\b": 108,
    r"\dr?lh\b": 109,
    r"\b(color-mix|oklch|oklab|lch|lab|hwb|color)\(": 101,
    r"\b(light-dark|anchor|sin|cos|tan|sqrt|pow|round)\(": 111,
    r"\btext-wrap\s*:|\bwhite-space-collapse\s*:": 114,
    r"\bsubgrid\b": 117,
    r"\bfield-sizing\s*:": 123,
    r"::?(popover-open|modal|user-valid|user-invalid|target-text|highlight|details-content)\b": 105,
    r"(^|[{;])\s*(mask|text-emphasis)\s*:": 99,
    r"(?<![\w-])(size-adjust|animation-timeline|animation-composition|overlay|zoom|interpolate-size|anchor-name)\s*:": 92,
}
NEWER_SCRIPT = {
    r"\bstructuredClone\b": 98,
    r"\.at\(": 92,
    r"\bObject\.(hasOwn|groupBy)\b|\bMap\.groupBy\b": 93,
    r"\.findLast(Index)?\(": 97,
    r"\.(toSorted|toReversed|toSpliced|with)\(": 110,
    r"\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(": 122,
    r"\b(isWellFormed|toWellFormed|withResolvers|fromAsync)\b": 111,
    r"\bstatic\s*\{|#\w+ in\b": 91,
    r"\bAbortSignal\.(timeout|any)\b": 103,
    r"\b(showPopover|hidePopover|togglePopover|checkVisibility|requestClose|startViewTransition|setHTML|reportError)\b": 95,
    r"\b(EditContext|Temporal|Iterator|scheduler)\b|\bCSS\.highlights\b": 94,
    r"\bscrollend\b": 114,
    r"\bcrypto\.(randomUUID|subtle)\b|\bnavigator\.(clipboard|serviceWorker|locks|storage)\b": "https",
    r"\.inert\b": 102,
    r"/[gimsuy]*v[gimsuy]*[\s,;.)]|\bimport\s*\(|^\s*(import|export)\s": "classic scripts",
    r"\b(eval|Function)\(|\binnerHTML\s*[+]?=|\binsertAdjacentHTML\b|\bdocument\.write\b": "never: what was typed is no HTML",
}
NEWER_PAGE = {
    r"\s(popover|popovertarget|inert|commandfor|command|closedby)[\s=>]": 102,
    r"<(search|selectlist|selectedcontent)\b": 118,
    r"<dialog\b[^>]*\sclosedby": 134,
}
NO_CODE = {
    ".css": re.compile(r"/\*.*?\*/", re.DOTALL),
    ".js": re.compile(r'(?<!:)//[^\n]*|"(?:[^"\\\n]|\\.)*"'),
    ".html": re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|>[^<]+<", re.DOTALL),
}
FLOOR = {".css": NEWER_STYLE, ".js": NEWER_SCRIPT, ".html": NEWER_PAGE}


def newer(text: str, kind: str) -> list[tuple[str, object]]:
    """What of *text* came after Chromium 90, each with the version that brought it."""
    code = NO_CODE[kind].sub(" " if kind != ".html" else "><", text)
    nested = (
        [("a rule inside a rule", 112)] if kind == ".css" and deepest(re.sub(r"@(media|supports|keyframes)[^{]*", "@", code)) > 1 else []
    )
    return nested + [
        (found.group().strip(), since) for pattern, since in FLOOR[kind].items() for found in re.finditer(pattern, code, re.MULTILINE)
    ]


def deepest(code: str) -> int:
    """How many rules stand inside each other; the outer braces of ``@{`` count for none."""
    open_ones, most = [], 0
    for found in re.finditer(r"(@?)\s*\{|\}", code):
        if found.group() == "}":
            open_ones.pop()
        else:
            open_ones.append(not found[1])
            most = max(most, sum(open_ones))
    return most


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS, *PAGES], ids=lambda path: path.name)
def test_nothing_is_newer_than_chromium_90(path):
    assert newer(path.read_text("utf-8"), path.suffix) == []


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (".css", "td:has(b){color:red}"),
        (".css", ".a{color:red;.b{color:blue}}"),
        (".css", ".a{& b{color:blue}}"),
        (".css", "@media(width >= 40em){a{color:red}}"),
        (".css", "div{container-type:inline-size}"),
        (".css", "@layer base{a{color:red}}"),
        (".css", "main{height:100dvh}"),
        (".css", "b{color:color-mix(in srgb,red,blue)}"),
        (".js", "const copy = structuredClone(rows);"),
        (".js", "const end = rows.at(-1);"),
        (".js", "rows.toSorted();"),
        (".js", "const id = crypto.randomUUID();"),
        (".js", "navigator.clipboard.readText();"),
        (".js", "cell.innerHTML = text;"),
        (".html", "<div popover id='a'>"),
        (".html", "<main inert>"),
    ],
)
def test_what_is_newer_is_found(kind, code):
    assert newer(code, kind)
