"""What a dossier keeps of its procedure: the version in force on the day of receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kernel.time_zone import local_day

from dossier.domain.due_date import SupplementPolicy, TimeLimit
from dossier.domain.errors import ChannelNotOffered, ProcedureNotInForce
from dossier.domain.facts import Channel


@dataclass(frozen=True, slots=True)
class Component:
    """A paper that a procedure asks for: how many originals and copies of it."""

    name: str
    original_count: int
    copy_count: int


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """One immutable version; in force from `valid_from` up to, but without, `valid_to`."""

    procedure_code: str
    number: int
    name: str
    field_code: str
    limits: Mapping[Channel, TimeLimit]
    supplement_policy: SupplementPolicy
    valid_from: date
    valid_to: date | None = None
    components: tuple[Component, ...] = ()
    sets_count: int | None = None

    def limit(self, channel: Channel) -> TimeLimit:
        """Return the time limit of `channel`; limits may differ between channels."""
        if channel not in self.limits:
            raise ChannelNotOffered(procedure_code=self.procedure_code, channel=str(channel))
        return self.limits[channel]


def in_force(versions: Sequence[ProcedureVersion], code: str, day: date) -> ProcedureVersion:
    """Return the version in force on `day`: the latest begun of those not yet over.

    A dossier keeps the version in force at acceptance, whatever is published later.

    Law: our reading (a dossier keeps the version in force at acceptance)
    """
    held = [
        version
        for version in versions
        if version.valid_from <= day and (version.valid_to is None or day < version.valid_to)
    ]
    if not held:
        raise ProcedureNotInForce(procedure_code=code, on=day)
    return max(held, key=lambda version: (version.valid_from, version.number))


def require_filable_online(
    versions: Sequence[ProcedureVersion], code: str, filed_at: datetime
) -> None:
    """Refuse an online filing of a day on which the procedure takes none.

    Raises:
        ProcedureNotInForce: no version is in force on that day.
        ChannelNotOffered: the one in force is not filed online.

    Law: our reading (a filing is of a day on which its procedure is filed online)
    """
    in_force(versions, code, local_day(filed_at)).limit(Channel.ONLINE)
