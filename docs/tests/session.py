"""`python -m docs.tests.session FILE`: types a session into a fresh Python; prints what came out differently."""

import doctest
import os
import sys
from pathlib import Path

import django


def main(file: str) -> None:
    """Once DJANGO_SETTINGS_MODULE is set, the session is one of `python -m django shell`."""
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        django.setup()
    test = doctest.DocTestParser().get_doctest(Path(file).read_text("utf-8"), {}, file, file, 0)
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(test)


if __name__ == "__main__":
    main(sys.argv[1])
