"""Versions as entity tags: a change names what it changes, a copy asks whether it is fresh."""

import re
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from kit.errors import BadHeader, VersionChanged, VersionRequired

_TAG = re.compile(r'(?:W/)?"(\d{1,9})(?:-[a-z]{1,20})?"')
BY_ACTOR = "Authorization"
"""The `Vary` of an answer that shows more to one token than to another."""
BY_VIEW: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "ETag": {
                "description": "The version, and how it is shown where that is not in full.",
                "schema": {"type": "string", "examples": ['"3"', '"3-masked"']},
            },
            "Vary": {
                "description": "What is shown depends on the token.",
                "schema": {"type": "string", "const": BY_ACTOR},
            },
        }
    },
    304: {"description": "The client's copy is fresh: this version, shown like this."},
}
"""For `responses=` of an operation whose answer shows more to one token than to another."""


async def expected_version(
    if_match: Annotated[
        str | None,
        Header(
            description='The version being changed, as in any `ETag` of it: `"3"`, `"3-masked"`.',
            json_schema_extra={"pattern": f"^{_TAG.pattern}$"},
        ),
    ] = None,
) -> int:
    """Return the version in If-Match; without one a change could undo another unseen."""
    return version_in(if_match)


def version_in(if_match: str | None) -> int:
    """Return the version an If-Match header names, whichever view of it the tag is of.

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


def version_tag(version: int, view: str | None = None) -> str:
    """Return what a version is called in its tag; a copy that shows less of it is another copy."""
    return str(version) if view is None else f"{version}-{view}"


def entity_tag(version: int, view: str | None = None) -> str:
    """Return the tag of a version, and of the view of it when it is not shown in full."""
    return f'"{version_tag(version, view)}"'


def set_etag(response: Response, version: int) -> None:
    """Tell the client which version it got."""
    response.headers["ETag"] = entity_tag(version)


def require_version(expected: int, actual: int) -> None:
    """Refuse a change to another version than the present one."""
    if expected != actual:
        raise VersionChanged(expected=expected, actual=actual)


def not_modified(
    request: Request, response: Response, tag: str, *, vary: str | None = None
) -> Response | None:
    """Return the empty 304 when the client's copy is fresh; else put `tag` on the answer.

    Either says in `Vary` which header of the request decides what is shown.
    """
    quoted = f'"{tag}"'
    headers = {"ETag": quoted} if vary is None else {"ETag": quoted, "Vary": vary}
    known = [t.strip() for t in request.headers.get("if-none-match", "").split(",")]
    if quoted in known or f"W/{quoted}" in known:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return None
