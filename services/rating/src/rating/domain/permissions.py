"""Who may know and do what: an actor's sight is its agency's subtree as of now."""

from dataclasses import dataclass

from rating.domain.errors import AgencyNotYours


@dataclass(frozen=True, slots=True)
class Sight:
    """The agencies an actor may know of; None means the whole tree."""

    agencies: frozenset[str] | None

    def covers(self, agency_code: str) -> bool:
        """Tell whether records of this agency are within sight."""
        return self.agencies is None or agency_code in self.agencies

    def require(self, agency_code: str) -> None:
        """Raise `AgencyNotYours` when the agency is out of sight."""
        if not self.covers(agency_code):
            raise AgencyNotYours(agency_code=agency_code)


WHOLE_TREE = Sight(None)
