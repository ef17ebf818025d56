"""Versions as entity tags: a change names what it changes, a copy asks whether it is fresh."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from kit.errors import BadHeader, VersionChanged, VersionRequired

_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


async def expected_version(
    if_match: Annotated[
        str | None,
        Header(
            description='The version being changed, as in `ETag`: `"3"`.',
            json_schema_extra={"pattern": f"^{_TAG.pattern}$"},
        ),
    ] = None,
) -> int:
    """Return the version in If-Match; without one a change could undo another unseen."""
    return version_in(if_match)


def version_in(if_match: str | None) -> int:
    """Return the version an If-Match header names.

    Raises:
        VersionRequired: there is no header.
        BadHeader: it names no version.
    """
    if if_match is None:
        raise VersionRequired
    match = _TAG.fullmatch(if_match.strip())
    if match is None:
        raise BadHeader(header="If-Match")
    return int(match[1])


IfMatch = Annotated[int, Depends(expected_version)]


def entity_tag(version: int) -> str:
    """Return the tag of a version."""
    return f'"{version}"'


def set_etag(response: Response, version: int) -> None:
    """Tell the client which version it got."""
    response.headers["ETag"] = entity_tag(version)


def require_version(expected: int, actual: int) -> None:
    """Refuse a change to another version than the present one."""
    if expected != actual:
        raise VersionChanged(expected=expected, actual=actual)


def not_modified(request: Request, response: Response, tag: str) -> Response | None:
    """Return the empty 304 when the client's copy is fresh; else put `tag` on the answer."""
    quoted = f'"{tag}"'
    known = [t.strip() for t in request.headers.get("if-none-match", "").split(",")]
    if quoted in known or f"W/{quoted}" in known:
        return Response(status_code=304, headers={"ETag": quoted})
    response.headers["ETag"] = quoted
    return None
