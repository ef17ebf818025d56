"""The follow-up book (form 06) as it looks on the wire: its list of volumes."""

from kit.wire import WireModel
from pydantic import Field


class VolumeOut(WireModel):
    """One volume: its entries, numbered through the whole book, and the codes at its ends."""

    volume: int
    dossiers_count: int
    first_entry: int = Field(description="Its first number in the book; volumes count on.")
    last_entry: int
    first_code: str
    last_code: str


class FollowUpBookVolumes(WireModel):
    """The volumes of a book, as it is known now; a dossier told late moves those behind it."""

    agency_code: str
    year: int
    month: int | None
    dossiers_count: int
    volumes: list[VolumeOut]
