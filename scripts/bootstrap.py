"""Make the virtual environment, from the standard library alone; say problems in one line.

    python3 scripts/bootstrap.py run|dev|clean

Kept readable for older Pythons, so that they can say why they are refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
LOCAL = ROOT / ".local"
LOG = LOCAL / "setup.log"
REQUIREMENTS = {
    "run": [ROOT / "requirements" / "run.txt"],
    "dev": [ROOT / "requirements" / "run.txt", ROOT / "requirements" / "dev.txt"],
}
CACHES = [".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"]

# What pip or venv say, and what that means for whoever typed `make`; the first that fits is told.
DIAGNOSES = {
    r"No space left on device|Disk quota exceeded": (
        "The disk is full. Free about 1 GB and run again."
    ),
    r"ensurepip is not available|No module named '?(ensurepip|venv)|'-m', 'ensurepip'": (
        "This Python cannot make virtual environments. Install its venv package"
        " (Debian and Ubuntu: apt install python3-venv) and run again."
    ),
    r"DO NOT MATCH THE HASHES": (
        "A downloaded package is not the pinned one. Check the package index or proxy that pip"
        " uses (pip config list) and run again."
    ),
    r"NewConnectionError|name resolution|Network is unreachable|Connection refused|TimeoutError"
    r"|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Connection broken|RemoteDisconnected": (
        "The package index cannot be reached. Connect this machine to the network (or set"
        " PIP_INDEX_URL to a mirror) and run again; only the first set-up needs it."
    ),
    r"No matching distribution found for ([^\s(]+)": (
        "There is no wheel of {0} for this Python on this machine. Use CPython 3.11 to 3.13 on"
        " Linux (x86-64, arm64) or macOS."
    ),
    r"Permission denied: '([^']+)'": (
        "Cannot write {0}. Run as the user who owns it, or remove it."
    ),
}


def give_up(message: str) -> None:
    """End with one line on standard error."""
    print(message, file=sys.stderr)
    sys.exit(2)


def require_this_python() -> None:
    """Refuse a Python that is too old, naming a newer one if there is one."""
    if sys.version_info >= OLDEST:
        return
    found = ".".join(map(str, sys.version_info[:2]))
    newer = [name for minor in (14, 13, 12, 11) if shutil.which(name := f"python3.{minor}")]
    remedy = (
        f"Run: make PYTHON={newer[0]}" if newer else "Install it and run: make PYTHON=python3.11"
    )
    give_up(f"Python {found} is too old, 3.11 or newer is needed. {remedy}")


def our_packages() -> list[str]:
    """Return the folders of our own distributions, foundation first."""
    services = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))
    return ["foundation", *(f"services/{name}" for name in services), "cli"]


def key_of(stage: str) -> str:
    """Return what the environment depends on, as a digest: change any of it and it is remade."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    projects = [ROOT / package / "pyproject.toml" for package in our_packages()]
    for file in [*REQUIREMENTS[stage], *projects, Path(__file__)]:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_done(stage: str) -> bool:
    """Return whether the environment is as this stage wants it."""
    stamp = VENV / f"stamp-{stage}"
    return VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == key_of(stage)


def set_up(stage: str) -> None:
    """Bring the environment to `stage`; a second caller waits for the first."""
    if is_done(stage):
        return
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is under way; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_done(stage):
            build(stage)


def build(stage: str) -> None:
    """Make the environment and install everything, then write the stamp."""
    started = time.monotonic()
    LOG.write_text("")
    if not venv_is_sound():
        say("Making the virtual environment")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    for file in REQUIREMENTS[stage]:
        pinned = len(re.findall(r"^\S+==", file.read_text(), re.MULTILINE))
        say(f"Installing {file.stem} packages ({pinned}, pinned and hashed)")
        hashed = ["--require-hashes", "--only-binary=:all:", "--no-deps"]
        pip([*hashed, "-r", str(file.relative_to(ROOT))], pinned)
    say("Installing our own packages")
    editable = [argument for package in our_packages() for argument in ("-e", f"./{package}")]
    pip(["--no-build-isolation", "--no-deps", *editable])
    stamps = ["run"] if stage == "run" else ["run", "dev"]
    for name in stamps:
        (VENV / f"stamp-{name}").write_text(key_of(name))
    print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)


def venv_is_sound() -> bool:
    """Return whether there is an environment of this very Python version, with pip in it."""
    if not VENV_PYTHON.exists():
        return False
    question = "import pip, sys; print(*sys.version_info[:2])"
    asked = subprocess.run(
        [str(VENV_PYTHON), "-c", question],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return asked.stdout.decode().split() == [str(part) for part in sys.version_info[:2]]


def pip(arguments: list[str], expected: int = 0) -> None:
    """Install with pip of the environment, whatever the user's own pip settings say of places."""
    options = ["--disable-pip-version-check", "--no-input", "--timeout=20", "--retries=2"]
    run([str(VENV_PYTHON), "-m", "pip", "install", *options, *arguments], expected)


def run(command: list[str], expected: int = 0) -> None:
    """Run `command`, keep its output in the log, and give up in one line if it fails."""
    environment = {**os.environ, "PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore", "LC_ALL": "C"}
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"):
        environment.pop(name, None)
    output = []
    with (
        LOG.open("a") as log,
        subprocess.Popen(
            command,
            cwd=str(ROOT),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stdout:
            output.append(line)
            log.write(line)
            show_progress(output, expected)
    if process.returncode:
        give_up(diagnosis("".join(output)))


def show_progress(output: list[str], expected: int) -> None:
    """Count the packages on a terminal."""
    if expected and sys.stdout.isatty() and output[-1].startswith(("Collecting", "Requirement")):
        done = sum(line.startswith(("Collecting", "Requirement")) for line in output)
        end = "\n" if done >= expected else ""
        print(f"\r  {done} of {expected}", end=end, flush=True)


def diagnosis(output: str) -> str:
    """Return one line for the failure that `output` tells of."""
    unwrapped = " ".join(output.split())
    for pattern, message in DIAGNOSES.items():
        found = re.search(pattern, unwrapped)
        if found:
            return message.format(*found.groups())
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    reason = (errors or lines or ["no reason given"])[-1]
    return f"Set-up failed: {reason} (all of it in {LOG.relative_to(ROOT)})"


def say(step: str) -> None:
    """Announce a step that takes a while."""
    print(f"{step} ...", flush=True)


def clean() -> None:
    """Remove all that was made here, also data kept outside because of folder modes."""
    for lock in LOCAL.glob("*/lock"):
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                give_up(f"{lock.parent.relative_to(ROOT)} is in use. Stop that run first.")
    for place in LOCAL.glob("*/postgres"):
        if place.is_symlink() and place.exists():
            shutil.rmtree(place.resolve())
    for folder in [VENV, LOCAL, ROOT / "out", *(ROOT / name for name in CACHES)]:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder)


def main() -> None:
    """Do what the one argument says."""
    require_this_python()
    try:
        if sys.argv[1:] == ["clean"]:
            clean()
        elif sys.argv[1:] in (["run"], ["dev"]):
            set_up(sys.argv[1])
        else:
            give_up("Usage: bootstrap.py run|dev|clean")
    except KeyboardInterrupt:
        give_up("Interrupted; the next `make` continues.")
    except OSError as error:
        give_up(diagnosis(str(error)))


if __name__ == "__main__":
    main()
