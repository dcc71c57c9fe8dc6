"""The operator's commands, run as an operator does."""

import os
import subprocess
import sys

from django.core.management import get_commands

from chaos.findings import Finding
from config.environment import ROOT

PATIENCE = 120.0


def manage(*words: str) -> Finding:
    """`manage.py` with these words ends well."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return Finding(" ".join(words), against=said[-10:] or ["it said nothing"] if done.returncode else [])


def verified() -> Finding:
    """`manage.py verify` finds no difference."""
    if "verify" not in get_commands():
        return Finding("", "no command verify yet")
    return manage("verify")
