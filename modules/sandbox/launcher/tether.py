"""Ties a program to the life of the process that starts it.

Run as a script in front of the program: `python tether.py SIGNAL PARENT PROGRAM [ARGUMENT …]`.
When the parent dies, even by SIGKILL, Linux sends the signal. Other systems know no such order;
there the next start clears away what was left running (`leftovers.py`).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> None:
    """Asks for a signal at the death of the parent. Does nothing where that is not known."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def tethered(number: signal.Signals, argv: list[str]) -> list[str]:
    """The command line with the tether in front."""
    return [sys.executable, "-IS", __file__, str(int(number)), str(os.getpid()), *argv]


def main(number: str, parent: str, *argv: str) -> None:
    die_with_parent(int(number))
    if os.getppid() != int(parent):
        # It died before the order was placed.
        raise SystemExit(1)
    os.execvp(argv[0], argv)  # noqa: S606  # becoming another program is the purpose


if __name__ == "__main__":
    main(*sys.argv[1:])
