"""Who may write what. The scope `catalog:write` is checked before; here the agency decides."""

from catalog.domain.agencies import AgencyLevel

_CATALOGUE_KEEPERS = frozenset({AgencyLevel.CENTRAL, AgencyLevel.PROVINCE})


def may_write_catalogue_wide(own_level: AgencyLevel | None, *, whole_tree: bool) -> bool:
    """Tell whether the actor may write what holds for every agency.

    Procedures, fields, publication decisions, online levels and the calendar are kept by the
    province, a ministry, or the system itself (`whole_tree`: the agency claim `*`). `own_level`
    is None when the actor's agency is not in the catalogue.

    Law: our reading (province, ministry or system keep what all share)
    """
    return whole_tree or own_level in _CATALOGUE_KEEPERS


def may_write_for(*, agency_in_own_subtree: bool, whole_tree: bool) -> bool:
    """Tell whether the actor may record what belongs to one agency: its own, or one below.

    Law: our reading (an administrator writes for its own subtree)
    """
    return whole_tree or agency_in_own_subtree
