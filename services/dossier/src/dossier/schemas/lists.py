"""How lists of dossiers are narrowed and paged."""

from typing import Literal

from kit.paging import DEFAULT_LIMIT, Cursor, Limit
from kit.wire import AgencyCodeText, Day, ProcedureCodeText, ShortText, Slug, WireModel
from pydantic import Field

from dossier.domain.facts import Channel
from dossier.domain.standing import Standing
from dossier.schemas.intake import StatusCode


class Narrowing(WireModel):
    """Which dossiers are asked for; what is left out does not narrow."""

    agency: AgencyCodeText | None = Field(default=None, description="The agency that received.")
    include_subordinates: bool = Field(
        default=False, description="Of `agency` and all agencies below it."
    )
    status: list[StatusCode] = Field(
        default_factory=list, max_length=10, description="May be repeated: any of these."
    )
    procedure: ProcedureCodeText | None = None
    field: Slug | None = Field(default=None, description="The procedure field.")
    channel: Channel | None = None
    intake_officer: ShortText | None = Field(
        default=None, description="Who received it (the subject of the officer's token)."
    )
    case_officer: ShortText | None = Field(default=None, description="Whom it is assigned to.")
    timeliness: Standing | None = Field(
        default=None, description="Of the end; for pending dossiers as of today."
    )
    received_from: Day | None = None
    received_to: Day | None = Field(default=None, description="The last day, inclusive.")
    due_from: Day | None = None
    due_to: Day | None = Field(default=None, description="The last day, inclusive.")
    ended_from: Day | None = None
    ended_to: Day | None = Field(default=None, description="The last day, inclusive.")
    external_id: ShortText | None = Field(
        default=None, description="The client's own identifier, as it was handed in."
    )
    previous_code: ShortText | None = Field(
        default=None, description="The code it bore in the system it was moved from."
    )
    applicant: ShortText | None = Field(
        default=None,
        description="Words of the applicant's name, with or without accents; the last may be a "
        "beginning. Needs the scope `dossiers:search`; that somebody searched is recorded.",
    )


class PageAsked(Narrowing):
    """One page of a list."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None


class ExportAsked(Narrowing):
    """A whole list as a file."""

    format: Literal["csv", "xlsx"]
