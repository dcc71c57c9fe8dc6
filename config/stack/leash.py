"""Runs a command that ends with the process that started it, as another user where one is named.

A file of its own, started without any package (`python -I -S leash.py PARENT SIGNAL USER COMMAND…`): what has to
happen between fork and exec is done here, in a fresh process, because the supervisor has threads by then.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def main(parent: str, death: str, user: str, *command: str) -> None:
    """Become `user`, ask the kernel for signal `death` when `parent` dies, and become `command`."""
    libc = ctypes.CDLL(None)  # loaded before the user changes: the new one may not enter Python's own folder
    if user:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        os.chdir("/")
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, int(death))
    if os.getppid() != int(parent):
        sys.exit("the parent died before the leash was on")
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
