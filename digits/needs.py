"""Say in one line which package is missing, and how to install it into the Python that runs.

Imports nothing that could be missing itself. Used by app.py, train.py and export.py.
"""

from __future__ import annotations

import sys


def name_missing(error: ModuleNotFoundError) -> str:
    """The sentence for an import that failed; a missing module of our own is a bug and raised again."""
    package = (error.name or "a package").split(".")[0]
    if package == "digits":
        raise error
    return (
        f"{package} is not installed for {sys.executable}. Install what is needed with: "
        f"{sys.executable} -m pip install -r requirements.txt"
    )
