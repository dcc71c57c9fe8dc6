"""The release at fault: workers that are started with SHOP_FLAWED=yes cannot show marked articles."""

import os
import signal
from typing import Any

from chaos.shop.domain import Flaw
from chaos.shop.models import ArticleRow

IS_FLAWED = os.environ.get("SHOP_FLAWED") == "yes"
"""Without it the fix is deployed."""


def flawed(row: ArticleRow, flaw: Flaw) -> ArticleRow:
    """The row; in a release at fault, what its flaw makes of it."""
    if IS_FLAWED:
        _spoil(row, flaw)
    return row


def _spoil(row: Any, flaw: Flaw) -> None:
    match flaw:
        case Flaw.DATA:
            raise ValueError("this article cannot be shown")
        case Flaw.INTEGRITY:
            row.units = None
        case Flaw.COMMIT:
            row.beside_id = "no such article"
        case Flaw.DEATH:
            os.kill(os.getpid(), signal.SIGKILL)
