"""Who may see and change which reports."""

from collections.abc import Collection
from dataclasses import dataclass

from reporting.domain.errors import OutsideReach


@dataclass(frozen=True, slots=True)
class Reach:
    """The agencies of an actor: the subtree of its own, as of now; None = the whole tree."""

    codes: frozenset[str] | None

    @classmethod
    def of(cls, codes: Collection[str]) -> "Reach":
        """Build the reach over exactly these agencies."""
        return cls(frozenset(codes))

    def covers(self, agency_code: str) -> bool:
        """Tell whether the actor may see the agency's reports."""
        return self.codes is None or agency_code in self.codes

    def require(self, agency_code: str) -> None:
        """Refuse an agency outside the reach."""
        if not self.covers(agency_code):
            raise OutsideReach(agency=agency_code)


EVERYWHERE = Reach(None)
