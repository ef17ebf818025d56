"""What the user's shell says about other servers must not reach our own."""

import os

from tthc.postgres import LOOPBACK


def settle_environment() -> None:
    """Keep proxies away from the loopback address, and libpq's variables from our own server."""
    for name in ("NO_PROXY", "no_proxy"):
        known = os.environ.get(name)
        os.environ[name] = f"{known},{LOOPBACK}" if known else LOOPBACK
    if not os.environ.get("DATABASE_URL"):
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]
