"""Ready-made HTTP/1.1 requests."""

from collections.abc import Mapping

import orjson


def reading(path: str, token: str) -> bytes:
    """Return a GET request."""
    return _request("GET", path, token, b"", {})


def posting(path: str, token: str, body: object, **headers: str) -> bytes:
    """Return a POST request with a JSON body; `headers` by their names with underscores."""
    return _request("POST", path, token, orjson.dumps(body), headers)


def _request(method: str, path: str, token: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "host: bench",
        f"authorization: Bearer {token}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
