"""Problem documents (RFC 9457): the one place where a refusal becomes an HTTP answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

import asyncpg
import orjson
import sqlalchemy.exc
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from kernel.refusals import (
    Conflict,
    Gone,
    Malformed,
    NeighbourUnavailable,
    NotAllowed,
    NotFound,
    Refusal,
    Stale,
)
from kernel.time_zone import LOCAL_ZONE
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from kit.field_words import FIELD_VI

PROBLEM_TYPE = "application/problem+json"

log = structlog.get_logger()


class BadRequest(Refusal):
    """The request is wrong before its meaning is looked at (unknown parameter, bad cursor)."""

    code = "bad_request"


class UnknownParameter(BadRequest):
    """A query parameter that the operation does not have."""

    code = "unknown_parameter"


class BadCursor(BadRequest):
    """The cursor was not issued by this list."""

    code = "bad_cursor"


class BadHeader(BadRequest):
    """A header is unreadable."""

    code = "bad_header"


class Unauthenticated(Refusal):
    """No token, or one that proves nothing."""

    code = "unauthenticated"


class MissingScope(NotAllowed):
    """The token is good but does not allow this."""

    code = "missing_scope"


class VersionRequired(Refusal):
    """A change must say which version it changes."""

    code = "version_required"


class VersionChanged(Stale):
    """Somebody else changed it since the actor read it."""

    code = "version_changed"


class KeyReused(Conflict):
    """The idempotency key was used before with another request."""

    code = "idempotency_key_reused"


STATUS: Mapping[type[Refusal], int] = {
    BadRequest: 400,
    Unauthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    Stale: 412,
    Malformed: 422,
    VersionRequired: 428,
    NeighbourUnavailable: 503,
}

_VI = {
    "bad_request": "Yêu cầu không hợp lệ.",
    "unknown_parameter": "Tham số không được hỗ trợ: {names}.",
    "bad_cursor": "Con trỏ trang không hợp lệ.",
    "bad_header": "Tiêu đề {header} không đọc được.",
    "unauthenticated": "Cần mã truy cập hợp lệ.",
    "missing_scope": "Mã truy cập không có quyền {scopes}.",
    "not_allowed": "Không được phép thực hiện.",
    "not_found": "Không tìm thấy.",
    "conflict": "Trạng thái hiện tại không cho phép thực hiện.",
    "stale": "Dữ liệu đã thay đổi.",
    "version_required": "Cần tiêu đề If-Match ghi phiên bản đang sửa.",
    "version_changed": "Dữ liệu đã được người khác sửa; phiên bản hiện tại là {actual}.",
    "idempotency_key_reused": "Khóa chống lặp đã dùng cho một yêu cầu khác.",
    "gone": "Không còn dùng được.",
    "malformed": "Nội dung không hợp lệ.",
    "invalid_fields": "Nội dung có trường không hợp lệ.",
    "empty_period": "Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.",
    "unknown_figure": "Không có số liệu {key}.",
    "breakdown_not_offered": "Số liệu ở đây không chia theo {by}; có thể chia theo: {offered}.",
    "too_large": "Nội dung vượt quá {limit_bytes} byte.",
    "method_not_allowed": "Phương thức không được hỗ trợ.",
    "neighbour_unavailable": "Dịch vụ {neighbour} tạm thời không trả lời; xin thử lại sau.",
    "database_unavailable": "Cơ sở dữ liệu tạm thời không trả lời; xin thử lại sau.",
    "not_ready": "Dịch vụ chưa sẵn sàng: {reason}.",
    "internal_error": "Lỗi hệ thống; xin báo mã yêu cầu {request_id} cho quản trị viên.",
}
_EN = {
    "bad_request": "The request is not valid.",
    "unknown_parameter": "Unknown parameter: {names}.",
    "bad_cursor": "The cursor is not valid.",
    "bad_header": "The header {header} cannot be read.",
    "unauthenticated": "A valid access token is needed.",
    "missing_scope": "The access token lacks the scope {scopes}.",
    "not_allowed": "This is not allowed.",
    "not_found": "Not found.",
    "conflict": "The present state does not allow this.",
    "stale": "The data has changed.",
    "version_required": "An If-Match header with the version being changed is needed.",
    "version_changed": "Somebody else changed it; the present version is {actual}.",
    "idempotency_key_reused": "The idempotency key was used for another request.",
    "gone": "No longer usable.",
    "malformed": "The content is not valid.",
    "invalid_fields": "The content has invalid fields.",
    "empty_period": "A period must not end before it begins.",
    "unknown_figure": "There is no figure {key}.",
    "breakdown_not_offered": "These figures are not kept by {by}; they are by: {offered}.",
    "too_large": "The content is larger than {limit_bytes} bytes.",
    "method_not_allowed": "The method is not supported.",
    "neighbour_unavailable": "The service {neighbour} does not answer at present; try again later.",
    "database_unavailable": "The database does not answer at present; try again later.",
    "not_ready": "The service is not ready: {reason}.",
    "internal_error": "Internal error; please report the request id {request_id}.",
}


class FieldProblem(BaseModel):
    """One invalid field: `pointer` is where (`body/applicant/full_name`)."""

    pointer: str
    code: str
    message: str


class Problem(BaseModel):
    """A problem document. `code` is stable and English; `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None
    errors: list[FieldProblem] | None = None
    details: dict[str, Any] | None = None


def _content(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


DEFAULT_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": _content("Refused; `code` says why."),
    503: _content("The database or another service does not answer; try again later."),
}


def refusals(*types: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """Document which refusals an operation speaks, for `responses=`."""
    by_status: dict[int, list[str]] = {}
    for kind in types:
        by_status.setdefault(status_of(kind), []).append(f"`{kind.code}`")
    return {status: _content(", ".join(codes)) for status, codes in by_status.items()}


def status_of(kind: type[Refusal]) -> int:
    """Return the HTTP status of a kind of refusal: that of its nearest listed ancestor."""
    return next((STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS), 409)


class Messages:
    """The texts of refusals in Vietnamese and English; the service's own add to the kit's."""

    def __init__(self, vi: Mapping[str, str], en: Mapping[str, str]) -> None:
        self._vi = {**_VI, **vi}
        self._en = {**_EN, **en}

    def text(self, code: str, language: str, details: Mapping[str, object]) -> str:
        """Return the message of `code`; a code without one answers with the code itself.

        Instants are said in Vietnam's time, whatever zone they came in.
        """
        details = {name: _spoken(value, language) for name, value in details.items()}
        own = self._en if language == "en" else self._vi
        template = own.get(code) or self._vi.get(code) or code
        try:
            return template.format_map(details)
        except (KeyError, IndexError):  # a message must never hide the refusal it describes
            return template


def _spoken(value: object, language: str) -> object:
    if not isinstance(value, datetime) or value.tzinfo is None:
        return value
    local = value.astimezone(LOCAL_ZONE)
    if language == "en":
        return local.isoformat(" ", "seconds")
    return f"{local:%d/%m/%Y %H:%M:%S}"


def _language(request: Request) -> str:
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "vi"


def _clean(text: str) -> str:
    """Return text that every JSON encoder accepts (clients may send lone surrogates as keys)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def problem(
    request: Request,
    *,
    status: int,
    code: str,
    details: Mapping[str, object] | None = None,
    errors: Sequence[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Build a problem document in the language the client asked for."""
    request_id = request.scope.get("request_id")
    words = {
        key: value if isinstance(value, datetime) else _plain(value)
        for key, value in (details or {}).items()
    }
    details = {key: _plain(value) for key, value in words.items()}
    messages: Messages = request.app.state.messages
    body = Problem(
        type=f"urn:tthc:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=messages.text(code, _language(request), {"request_id": request_id, **words}),
        request_id=request_id,
        errors=list(errors) if errors is not None else None,
        details=details or None,
    )
    return Response(
        orjson.dumps(body.model_dump(exclude_none=True), default=str),
        status_code=status,
        media_type=PROBLEM_TYPE,
        headers={
            "X-Request-ID": request_id or "",
            # Whether it is refused depends on who asks, and its words on the language.
            "Vary": "Accept-Language, Authorization",
            **(headers or {}),
        },
    )


def _plain(value: object) -> object:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool | int | float | None):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | frozenset | set):
        return [_plain(item) for item in value]
    return _clean(str(value))


async def _on_refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)  # noqa: S101 - registered for this type only
    status = status_of(type(refusal))
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "5"
    return problem(
        request, status=status, code=refusal.code, details=refusal.details, headers=headers
    )


def field_problems(
    errors: Sequence[Mapping[str, Any]], *, language: str = "vi"
) -> list[FieldProblem]:
    """Turn pydantic's errors into field problems, without echoing what was sent."""
    return [
        FieldProblem(
            pointer=_clean("/".join(str(part) for part in error["loc"]))[:500],
            code=error["type"],
            message=_clean(
                error["msg"]
                if language == "en"
                else FIELD_VI.get(error["type"], "giá trị không hợp lệ")
            ),
        )
        for error in errors[:50]
    ]


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    found = field_problems(error.errors(), language=_language(request))
    return problem(request, status=422, code="invalid_fields", errors=found)


_HTTP_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    settings = request.app.state.settings
    return problem(
        request,
        status=error.status_code,
        code=_HTTP_CODES.get(error.status_code, "bad_request"),
        details={"limit_bytes": settings.body_limit_bytes} if error.status_code == 413 else None,  # noqa: PLR2004 - HTTP's own number
        headers=error.headers,
    )


_DyingConnection = asyncpg.InternalClientError
"""The server said farewell while the connection lay in the pool, and has not hung up yet."""

PASSING = (
    Refusal,
    sqlalchemy.exc.SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    _DyingConnection,
    OSError,
)
"""What goes wrong without the program being wrong; work done again and again outlives it."""

_RETRY = ("40001", "40P01", "55P03", "57014")  # serialisation, deadlock, lock and time limits


async def _on_database(request: Request, error: Exception) -> Response:
    """Answer 503 when the database is away or busy; anything else it says is our own bug."""
    original = getattr(error, "orig", error)
    state = getattr(original, "sqlstate", None) or ""
    away = getattr(error, "connection_invalidated", False) or isinstance(
        error, OSError | sqlalchemy.exc.TimeoutError | asyncpg.InterfaceError | _DyingConnection
    )
    if away or state in _RETRY or state[:2] in ("08", "53", "57"):
        await log.awarning("database_unavailable", sqlstate=state, error=type(error).__name__)
        return problem(
            request, status=503, code="database_unavailable", headers={"Retry-After": "2"}
        )
    raise error


async def _on_bug(request: Request, error: Exception) -> Response:
    await log.aerror("internal_error", exc_info=error)
    return problem(request, status=500, code="internal_error")


def install(app: FastAPI) -> None:
    """Register the handlers; every answer that is not a success becomes a problem document."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    for away in (
        sqlalchemy.exc.DBAPIError,
        sqlalchemy.exc.TimeoutError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        _DyingConnection,
        ConnectionError,
        TimeoutError,
    ):
        app.add_exception_handler(away, _on_database)
    app.add_exception_handler(Exception, _on_bug)
