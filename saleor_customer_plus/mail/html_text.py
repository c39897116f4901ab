"""HTML as text: what a person would read of it."""

from __future__ import annotations

import html
import re

MAX_HTML = 1_000_000
# Where HTML ends a line; what has no text that anybody reads is left out with all that is in it.
_BLOCKS = {
    *("p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "ul", "ol", "table"),
}
_CELLS = {"td", "th"}
_SILENT = {
    *("script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "textarea", "select"),
}
# Each match goes on where the last one ended and never back (`*+`), so that no letter takes longer than its length.
_MARKUP = re.compile(r"<!--(?:.*?-->|.*)|<[!?][^<>]*+>|<(/?)([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>", re.DOTALL)
_ENDLESS_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{8,}+;?")


def text_of_html(made: str) -> str:
    """What a person would read of some HTML, as text, in time that grows with its length only.

    It is no sanitizer: what comes out is text, which whoever shows it escapes. The `html.parser` of older
    Pythons takes quadratic time (half a minute for 60 kB of `<a ` in 3.11.7), and a parser that builds a tree, as the
    one of `nh3` does, minutes for elements that are nested deeply enough.
    """
    parts: list[str] = []
    position, silent = 0, ""
    made = made[:MAX_HTML]
    for match in _MARKUP.finditer(made):
        if not silent:
            parts.append(made[position : match.start()].replace("\n", " "))
        position = match.end()
        closes, name = match[1], (match[2] or "").lower()
        if silent:
            silent = "" if closes and name == silent else silent
        elif name in _SILENT and not closes:
            # Of these, drawings and formulas alone can end where they begin.
            silent = "" if name in ("svg", "math") and match[0].endswith("/>") else name
        elif name in _BLOCKS:
            parts.append("\n")
        elif name in _CELLS:
            parts.append(" ")
    if not silent:
        parts.append(made[position:].replace("\n", " "))
    text = html.unescape(_ENDLESS_REFERENCE.sub("\ufffd", "".join(parts)))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
