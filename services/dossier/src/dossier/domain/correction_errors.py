"""Why a correction would tell a history that cannot have been; the words are in `messages_vi`."""

from kernel.refusals import Conflict


class ImpossibleHistory(Conflict):
    """Told with the correction, the acts could not have followed each other; below, each why."""


class HistoryOutOfOrder(ImpossibleHistory):
    """An act would come before the one it follows."""

    code = "history_out_of_order"


class HistoryMoveImpossible(ImpossibleHistory):
    """An act would begin where the lifecycle has no such move."""

    code = "history_move_impossible"


class HistoryStepMissing(ImpossibleHistory):
    """An act would belong to a step that is not there, not taken over, or over."""

    code = "history_step_missing"
