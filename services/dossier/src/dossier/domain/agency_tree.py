"""Who is below whom, and who is no more: the tree of agencies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from dossier.domain.errors import AgencyEnded, UnknownAgency

_NONE: Mapping[str, date] = MappingProxyType({})


class AgencyTree:
    """The tree that links from agencies to the ones above them form; it has no circles.

    `ends` are the first days on which agencies are no more.
    """

    def __init__(
        self, links: Iterable[tuple[str, str | None]], ends: Mapping[str, date] = _NONE
    ) -> None:
        self._ends = ends
        self._below: dict[str | None, list[str]] = defaultdict(list)
        self._codes = set()
        for code, above in links:
            self._below[above].append(code)
            self._codes.add(code)
        self._subtrees: dict[str, frozenset[str]] = {}

    def holds(self, code: str) -> bool:
        """Tell whether the tree knows of an agency."""
        return code in self._codes

    def subtree(self, code: str) -> frozenset[str]:
        """Return the codes of an agency and of all below it.

        Raises:
            UnknownAgency: the tree does not hold it.
        """
        if code not in self._subtrees:
            if code not in self._codes:
                raise UnknownAgency(agency_code=code)
            found = [code]
            for agency in found:
                found.extend(self._below.get(agency, ()))
            self._subtrees[code] = frozenset(found)
        return self._subtrees[code]

    def require_standing(self, code: str, *, on: date) -> None:
        """Refuse to give an agency work on a day on which it is no more; one not known stands."""
        end = self._ends.get(code)
        if end is not None and end <= on:
            raise AgencyEnded(agency_code=code, ended_on=end)
