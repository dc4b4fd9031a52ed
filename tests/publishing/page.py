"""A page as a browser would take it apart."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


@dataclass
class Page:
    """What the tests look at: all text, elements, links, attributes, and tables as rows of cell texts."""

    source: str = ""
    text: str = ""
    style: str = ""
    tags: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.add(tag)
        self.page.attributes += [(name, value or "") for name, value in attrs]
        self.page.links += [unquote(value or "") for name, value in attrs if name == "href"]
        self._within.append(tag)
        if tag == "table":
            self.page.tables.append([])
        elif tag == "tr":
            self.page.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.page.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._within:
            self.page.style += data
            return
        self.page.text += data
        if {"td", "th"} & set(self._within):
            cells = self.page.tables[-1][-1]
            cells[-1] = (cells[-1] + data).strip()


def read_page(path: Path) -> Page:
    """Read and take apart."""
    reader = _Reader()
    reader.page.source = path.read_text(encoding="utf-8")
    reader.feed(reader.page.source)
    return reader.page
