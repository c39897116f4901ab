"""How the documentation site is built (`make docs`): from the Markdown files of the repository, as they are."""

import re
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent

project = "Customer Plus"
author = "the Customer Plus authors"
project_copyright = f"2026, {author}"
(release,) = re.findall(r'^__version__ = "(.+)"$', (ROOT / "saleor_customer_plus" / "__init__.py").read_text(), re.M)
version = release

extensions = ["myst_parser"]
# The source folder is the repository, so that links between README.md, CHANGELOG.md and docs/ work on both sides.
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md"]
exclude_patterns = [".*", "bench", "build", "dist", "sandbox", "tests", "saleor_customer_plus", "migrations"]

# Every heading is a link target, spelled as on code hosting sites. A link to a missing target is a warning.
myst_heading_anchors = 4
nitpicky = True

html_theme = "furo"
html_title = f"Customer Plus {release}"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False

# `make docs-links` looks up external links too. These are examples, not pages.
linkcheck_ignore = [r"https?://([\w.]*\.)?example(\.com)?\b", r"https?://localhost\b"]
linkcheck_timeout = 10


def setup(app: Sphinx) -> None:
    app.add_lexer("csv", TextLexer)  # Pygments has none
