"""SIGTERM and SIGINT, heard beside the web server's own handlers, which wait for open answers to end: live streams are
told to, so that the process ends within seconds and their clients resume elsewhere.

Python writes each signal's number to one file, whichever handler there is; the server sets its handlers after it has
loaded the application, so that one of ours would not stay.
"""

import signal
import socket
import threading

from face.shutdown import begin_shutdown

ENDING = (signal.SIGTERM, signal.SIGINT)


def hear_signals() -> None:
    """Have this process begin to shut down at the first of ENDING. Only a process's main thread can ask for that; in
    another, where an application is loaded by tests, nothing happens."""
    if threading.current_thread() is not threading.main_thread():
        return
    heard, written = socket.socketpair()
    written.setblocking(False)
    signal.set_wakeup_fd(written.detach(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(heard,), name="signals", daemon=True).start()


def _listen(heard: socket.socket) -> None:
    while numbers := heard.recv(64):
        if not set(numbers).isdisjoint(ENDING):
            begin_shutdown()
