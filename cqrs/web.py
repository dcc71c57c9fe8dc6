"""Moved: import from face.web. Pages are in face.pages. This file will go."""

from face.web import *  # noqa
