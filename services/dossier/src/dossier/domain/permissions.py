"""Who may act where: inside the actor's part of the agency tree, nowhere else."""

from dossier.domain.errors import NotYourAgency

Sight = frozenset[str] | None
"""The codes of the agencies an actor sees; None means the whole tree."""


def may_see(sight: Sight, agency_code: str) -> bool:
    """Tell whether `agency_code` lies in the actor's part of the tree."""
    return sight is None or agency_code in sight


def require_sight(sight: Sight, agency_code: str) -> None:
    """Refuse to act for an agency outside the actor's part of the tree."""
    if not may_see(sight, agency_code):
        raise NotYourAgency(agency_code=agency_code)
