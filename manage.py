#!/usr/bin/env python
"""Tenfold's commands: `python manage.py help`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from cqrs.domain import StoreAway, Unavailable

if __name__ == "__main__":
    try:
        "".join(sys.argv).encode()
    except UnicodeEncodeError:
        sys.exit("An argument is no UTF-8 text.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except Unavailable as error:  # no defect, and its trace would tell nobody anything
        cure = error.cure if isinstance(error, StoreAway) else ""
        sys.exit(f"{error.code}: {cure or error.detail}")
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
