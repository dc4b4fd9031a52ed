"""How a page is made: one self-contained HTML file, nothing fetched, every value escaped.

The only style and script a page may use are its own, named by their hashes in the content security policy (most pages have no
script at all); a name holding markup is shown as text and, were it not, could still load and run nothing.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reconciliation.publishing.private_files import write_text
from reconciliation.registers.labels import Labels

_TEMPLATES = Path(__file__).parent / "templates"


def write_page(path: Path, template: str, labels: Labels, values: Mapping[str, Any]) -> Path:
    """Render a template to a file, 0600; return the path.

    Args:
        path: the page.
        template: its name in `templates/`.
        labels: the wording; a template says `labels("publishing.page.…")`.
        values: what the template names. A name it does not find is an error, not a blank.
    """
    rendered = _environment().get_template(template).render(labels=labels, **values)
    return write_text(path, rendered)


@cache
def page_code(styles: tuple[str, ...] = (), scripts: tuple[str, ...] = ()) -> Mapping[str, str]:
    """The style, script and policy of a kind of page, to be given to `write_page` among its values.

    Args:
        styles: files in `templates/` that come after `style.css`.
        scripts: files in `templates/` that run as one script, in this order, in a scope of their own.

    Returns:
        `style` and `script` (ours, so they go in unescaped: their hashes must be right) and `policy`.
    """
    style = "".join(_template_text(name) for name in ("style.css", *styles))
    body = "".join(_template_text(name) for name in scripts)
    script = f'(() => {{\n"use strict";\n{body}}})();\n' if scripts else ""
    allowed = f"script-src {_digest(script)}; " if scripts else ""
    return {
        "style": Markup(style),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "policy": f"default-src 'none'; style-src {_digest(style)}; {allowed}base-uri 'none'; form-action 'none'",
    }


def _template_text(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def relative_link(href: str) -> str:
    """A link from a page to another part of the release, percent-encoded.

    Raises:
        ValueError: it leads out of the release's own folders: a scheme, a host, or an absolute path.
    """
    if ":" in href or "\\" in href or href.startswith(("/", "#", "?")):
        raise ValueError(f"not a link within the release: {href!r}")
    return quote(href)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = "{:,}".format
    environment.filters["percent"] = "{:.1%}".format
    environment.filters["link"] = relative_link
    environment.globals.update(page_code())
    return environment
