"""Become another program: as another user if asked, and never outliving the one who started us.

Runs as a script, in a fresh interpreter without site-packages, so that nothing has to happen
between fork and exec in a parent that may hold threads.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1
CANNOT_START = 126


def _die_with(parent: int, signal_number: int) -> None:
    """Ask Linux for `signal_number` when `parent` dies. Elsewhere the next run finds orphans.

    Must follow any change of user: the kernel forgets the request when credentials change.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(CANNOT_START)


def _become(user: int, group: int) -> None:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)


def main(parent: str, signal_number: str, account: str, *command: str) -> None:
    """Replace this process by `command`; `account` is `uid:gid`, or `-` to stay who we are."""
    try:
        if account != "-":
            user, group = account.split(":")
            _become(int(user), int(group))
        _die_with(int(parent), int(signal_number))
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted here
    except OSError as error:
        print(f"cannot start {command[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    main(*sys.argv[1:])
