"""Who acts, what they see, and when: the frame of every use case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dossier.domain.limits import CountLimit
from dossier.domain.permissions import Sight
from dossier.domain.places import NAMED_AFTER
from dossier.domain.privacy import view_of_people
from dossier.store.agency_codes import AgencyCodes
from dossier.store.personal_data import Sealer
from dossier.usecases.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Acting:
    """The actor's subject, the agencies in sight, and the instant of the request.

    `sees_people` says whether names are shown in clear, by `domain.privacy`.
    """

    by: str
    sight: Sight
    now: datetime
    sees_people: bool = False

    @property
    def view(self) -> str | None:
        """Return what a copy of what the actor is shown is called; None: it is shown in full."""
        return view_of_people(in_clear=self.sees_people)


@dataclass(frozen=True, slots=True)
class Office:
    """What the desk works with: its copy of the catalogue, the seal on personal data, codes.

    `supplement_counts` are the dated rules of how often a supplement may be asked for.
    `places_in_full` are the units that papers name with their kind.
    """

    catalogue: Catalogue
    sealer: Sealer
    places_in_full: frozenset[str] = NAMED_AFTER
    codes: AgencyCodes = field(default_factory=AgencyCodes)
    supplement_counts: Sequence[CountLimit] = ()
