"""`python -m docs.tests.session FILE [shell]`: types a session into a fresh Python, or into Django's shell.

It prints what came out differently, and nothing else.
"""

import doctest
import sys
from pathlib import Path

import django


def main(file: str, shell: str = "") -> None:
    """Run the session in `file`."""
    if shell:
        django.setup()
    test = doctest.DocTestParser().get_doctest(Path(file).read_text("utf-8"), {}, file, file, 0)
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(test)


if __name__ == "__main__":
    main(*sys.argv[1:])
