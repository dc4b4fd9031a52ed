"""How a page is made: one self-contained HTML file, no script, nothing fetched, every value escaped.

The only style a page may use is its own, named by its hash in the content security policy; a name holding markup
is shown as text and, were it not, could still load and run nothing.
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
    # The style is ours, not anybody's data: the one thing that goes in unescaped, so that its hash is right.
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    environment.globals["style"] = Markup(style)  # noqa: S704
    environment.globals["policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    return environment
