"""Turns a page of Great Expectations' Data Docs into one that is whole without internet.

What belongs here: what is kept of a page, what is dropped, how it looks. What does not: what the page says
(`data_docs.py`).

The pages as generated load about 17 scripts and style sheets from elsewhere; without internet the status ticks vanish. Here
scripts, remote links and pictures go, one style sheet is written into the page, and the ticks are drawn by it.
"""

import re
from collections.abc import Mapping
from functools import partial
from html import escape
from html.parser import HTMLParser

_DROPPED = frozenset(
    {
        "script",
        "style",
        "img",
        "link",
        "footer",
        "button",
        "input",
        "label",
        "svg",
        "iframe",
        "form",
    }
)
_VOID = frozenset({"img", "link", "input", "meta", "br", "hr", "base", "source", "wbr"})
_KEPT_ATTRIBUTES = frozenset({"id", "class", "href", "colspan", "rowspan", "aria-hidden"})
_DROPPED_PARTS = re.compile(
    r"\b(?:collapse|card mb-3|modal|ge-walkthrough-modal|navbar-brand|cooltip)\b"
)
"""Classes of parts that are of no use here: foldings that need a script, buttons, the maker's walkthrough and logo."""


class _Rewriter(HTMLParser):
    """Copies a page's body, leaving out what is dropped; only local links survive."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        longest_first = sorted(texts, key=len, reverse=True)
        self._phrases = [(_pattern(phrase), texts[phrase]) for phrase in longest_first]
        self._in_body = False
        self._dropping: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._in_body = True
            return
        if not self._in_body:
            return
        given = dict(attrs)
        if self._dropping or self._is_dropped(tag, given):
            if tag not in _VOID:
                self._dropping.append(tag)
            return
        if tag not in _VOID:
            self._open.append(tag)
        kept = {name: value for name, value in given.items() if name in _KEPT_ATTRIBUTES}
        kept["href"] = _local(given.get("href"))
        written = "".join(
            f' {name}="{escape(value)}"' for name, value in kept.items() if value is not None
        )
        self.written.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._dropping:
            self._close_dropped(tag)
        elif tag in self._open:
            while self._open:
                last = self._open.pop()
                self.written.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if self._in_body and not self._dropping:
            self.written.append(escape(self._translated(data), quote=False))

    def _close_dropped(self, tag: str) -> None:
        if tag in self._dropping:
            while self._dropping.pop() != tag:
                pass

    @staticmethod
    def _is_dropped(tag: str, given: Mapping[str, str | None]) -> bool:
        folding = tag == "a" and given.get("data-toggle") == "collapse"
        return tag in _DROPPED or folding or bool(_DROPPED_PARTS.search(given.get("class") or ""))

    def _translated(self, data: str) -> str:
        text = " ".join(data.split())
        if not text:
            return " " if data else ""
        for phrase, chinese in self._phrases:
            text = phrase.sub(partial(_carried_over, chinese), text)
        return f"{' ' if data[0].isspace() else ''}{text}{' ' if data[-1].isspace() else ''}"


def _carried_over(chinese: str, found: re.Match[str]) -> str:
    """The Chinese with the words of the English filled in."""
    return chinese.format(**found.groupdict())


def _pattern(phrase: str) -> re.Pattern[str]:
    """An English phrase, its `{places}` taking any word, not inside a longer word."""
    words = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>\\S+)", re.escape(phrase))
    return re.compile(rf"(?<![A-Za-z_]){words}(?![A-Za-z_])")


def _local(link: str | None) -> str | None:
    """What becomes of a link: an anchor stays, the front page lies one folder up, anything else is dropped."""
    if link is None or link.startswith("#"):
        return link
    return "../index.html" if re.fullmatch(r"(?:\.\./)+index\.html", link) else None


def offline(page: str, title: str, texts: Mapping[str, str]) -> str:
    """A page that needs nothing but itself.

    Args:
        page: HTML as Data Docs generates it.
        title: title of the page.
        texts: the page's English phrases and what to write instead; the longest is tried first, and `{places}` of a phrase
            are words to carry over.

    Returns:
        HTML without scripts, remote references and styles other than the one written into it.
    """
    rewriter = _Rewriter(texts)
    rewriter.feed(page)
    rewriter.close()
    return framed("".join(rewriter.written), title)


def framed(body: str, title: str) -> str:
    """A whole page around a body."""
    body = re.sub(r"(?:[ \t]*\n)+", "\n", re.sub(r" {2,}", " ", body)).strip()
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


STYLE = """
body{margin:0;color:#1f2933;background:#f4f6f8;line-height:1.6;
 font-family:"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC","Noto Serif CJK SC",sans-serif}
a{color:inherit;text-decoration:none}
a[href]{color:#0b5cad}
a:hover{text-decoration:underline}
h1{font-size:1.5rem;margin:0 0 .3rem}
h2{font-size:1.15rem;margin:1.6rem 0 .5rem}
h5{font-size:1.05rem;margin:0}
h6,.h6{font-size:.95rem;font-weight:600;margin:0}
main,.container-fluid.pt-4{max-width:1240px;margin:0 auto;padding:1.2rem}
nav.navbar:not(#navigation){background:#fff;border-bottom:1px solid #d5dce3;padding:.5rem 1.2rem}
ol.breadcrumb{list-style:none;display:flex;gap:.6rem;margin:0 auto;padding:0;max-width:1240px}
ol.breadcrumb li+li::before{content:"›";margin-right:.6rem;color:#7b8794}
.container-fluid.pt-4>.row{display:flex;gap:1.6rem;align-items:flex-start}
.container-fluid.pt-4>.row>.col-lg-2{flex:0 0 250px;position:sticky;top:1rem}
.container-fluid.pt-4>.row>.col-md-10{flex:1;min-width:0}
.container-fluid.pt-4>.row>.col-lg-2 ul{list-style:none;margin:0;padding:.4rem .8rem;max-height:80vh;overflow:auto;font-size:.85rem}
.card-header{font-weight:600;padding:.5rem .8rem;border-bottom:1px solid #d5dce3}
.card,.ge-section,.panel{background:#fff;border:1px solid #d5dce3;border-radius:6px}
.ge-section,.panel{margin-bottom:.9rem;padding:.8rem 1rem}
.nav-item{padding:.15rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{border-bottom:1px solid #e4e9ee;padding:.35rem .6rem;text-align:left;vertical-align:top}
th{color:#52606d;font-weight:600;white-space:nowrap}
td table{width:auto;margin-top:.4rem;font-size:.85rem}
td:first-child:has(i.fas){width:3.2rem}
td.number,th.number{text-align:right;white-space:nowrap}
td.name{white-space:nowrap}
tr.broken td{background:#fdecea}
tr.reminder td{background:#fff7e0}
.note{color:#52606d;font-size:.88rem;margin:.2rem 0 1rem}
.tick{white-space:nowrap;font-weight:600}
i.fas{font-style:normal;font-weight:700}
i.fa-check-circle::before,.tick.holds::before{content:"✔ ";color:#1b7f3b}
i.fa-times::before,.tick.broken::before{content:"✘ ";color:#c0261c}
i.fa-exclamation-triangle::before,.tick.reminder::before,.tick.error::before{content:"⚠ ";color:#b06a00}
.tick.holds{color:#1b7f3b}.tick.broken,.tick.error{color:#c0261c}.tick.reminder{color:#b06a00}
code,pre{font-family:inherit;white-space:pre-wrap}
"""
"""The one style sheet; status ticks are characters drawn by `::before`, so they need no font from elsewhere."""
