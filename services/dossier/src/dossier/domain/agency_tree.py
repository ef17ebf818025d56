"""Who is below whom: the tree of agencies."""

from collections import defaultdict
from collections.abc import Iterable

from dossier.domain.errors import UnknownAgency


class AgencyTree:
    """The tree that links from agencies to the ones above them form; it has no circles."""

    def __init__(self, links: Iterable[tuple[str, str | None]]) -> None:
        self._below: dict[str | None, list[str]] = defaultdict(list)
        self._codes = set()
        for code, above in links:
            self._below[above].append(code)
            self._codes.add(code)
        self._subtrees: dict[str, frozenset[str]] = {}

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
