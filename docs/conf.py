"""How the manual is built; nothing is fetched, and warnings are errors."""

from __future__ import annotations

from importlib.metadata import version as version_of

project = "Caretime"
author = "The Caretime maintainers"
project_copyright = "The Caretime maintainers"
version = release = version_of("caretime")

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = "Caretime"
html_show_sphinx = False
