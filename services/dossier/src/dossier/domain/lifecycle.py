"""The ten statuses of the national portal and the moves between them."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum

from dossier.domain.errors import ActNotPossible, IllegalMove


class Status(IntEnum):
    """Status codes as the national portal numbers them. Overdue is computed, never a status."""

    FILED = 1
    ACCEPTED = 2
    REFUSED_AT_INTAKE = 3
    IN_PROCESS = 4
    AWAITING_SUPPLEMENT = 5
    AWAITING_PAYMENT = 6
    WITHDRAWAL_ASKED = 7
    STOPPED = 8
    SETTLED = 9
    RETURNED = 10

    # Enum's own hash is a call of Python, and an import looks up many a status per line.
    __hash__ = int.__hash__


LABELS_VI: dict[Status, str] = {
    Status.FILED: "Mới đăng ký",
    Status.ACCEPTED: "Được tiếp nhận",
    Status.REFUSED_AT_INTAKE: "Không được tiếp nhận",
    Status.IN_PROCESS: "Đang xử lý",
    Status.AWAITING_SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    Status.AWAITING_PAYMENT: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWAL_ASKED: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.SETTLED: "Đã xử lý xong",
    Status.RETURNED: "Đã trả kết quả",
}

ALLOWED: dict[Status, frozenset[Status]] = {
    Status.FILED: frozenset(
        {
            Status.ACCEPTED,
            Status.REFUSED_AT_INTAKE,
            Status.AWAITING_SUPPLEMENT,
            Status.WITHDRAWAL_ASKED,
        }
    ),
    Status.ACCEPTED: frozenset(
        {
            Status.IN_PROCESS,
            Status.AWAITING_SUPPLEMENT,
            Status.AWAITING_PAYMENT,
            Status.WITHDRAWAL_ASKED,
            Status.STOPPED,
            Status.SETTLED,
        }
    ),
    Status.REFUSED_AT_INTAKE: frozenset(),
    Status.IN_PROCESS: frozenset(
        {
            Status.AWAITING_SUPPLEMENT,
            Status.AWAITING_PAYMENT,
            Status.WITHDRAWAL_ASKED,
            Status.STOPPED,
            Status.SETTLED,
        }
    ),
    Status.AWAITING_SUPPLEMENT: frozenset(
        {Status.IN_PROCESS, Status.ACCEPTED, Status.WITHDRAWAL_ASKED, Status.STOPPED}
    ),
    Status.AWAITING_PAYMENT: frozenset(
        {Status.IN_PROCESS, Status.WITHDRAWAL_ASKED, Status.STOPPED}
    ),
    Status.WITHDRAWAL_ASKED: frozenset(
        {
            Status.STOPPED,
            Status.FILED,
            Status.ACCEPTED,
            Status.IN_PROCESS,
            Status.AWAITING_SUPPLEMENT,
            Status.AWAITING_PAYMENT,
        }
    ),
    Status.STOPPED: frozenset(),
    Status.SETTLED: frozenset({Status.RETURNED}),
    Status.RETURNED: frozenset(),
}
"""From 7 the only ways are to stop, or back to the status the dossier came from."""


class LegalAct(StrEnum):
    """What somebody may do to a dossier; those from `apologise` on do not move it."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    START = "start"
    ASK_FOR_SUPPLEMENT = "ask_for_supplement"
    RECEIVE_SUPPLEMENT = "receive_supplement"
    ASK_FOR_PAYMENT = "ask_for_payment"
    CONFIRM_PAYMENT = "confirm_payment"
    ASK_TO_WITHDRAW = "ask_to_withdraw"
    GIVE_BACK = "give_back"
    CONTINUE = "continue"
    STOP = "stop"
    SETTLE = "settle"
    RETURN = "return"
    APOLOGISE = "apologise"
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    RECALL = "recall"
    COMPLETE_STEP = "complete_step"
    CONSULT = "consult"
    STATE_REASON = "state_reason"
    ASSIGN = "assign"


_ACT_TO: dict[Status, LegalAct] = {
    Status.REFUSED_AT_INTAKE: LegalAct.REFUSE,
    Status.IN_PROCESS: LegalAct.START,
    Status.AWAITING_SUPPLEMENT: LegalAct.ASK_FOR_SUPPLEMENT,
    Status.AWAITING_PAYMENT: LegalAct.ASK_FOR_PAYMENT,
    Status.WITHDRAWAL_ASKED: LegalAct.ASK_TO_WITHDRAW,
    Status.STOPPED: LegalAct.STOP,
    Status.SETTLED: LegalAct.SETTLE,
    Status.RETURNED: LegalAct.RETURN,
    Status.ACCEPTED: LegalAct.ACCEPT,
    Status.FILED: LegalAct.CONTINUE,
}
_ACT_FROM: dict[Status, LegalAct] = {
    Status.AWAITING_SUPPLEMENT: LegalAct.RECEIVE_SUPPLEMENT,
    Status.AWAITING_PAYMENT: LegalAct.CONFIRM_PAYMENT,
    Status.WITHDRAWAL_ASKED: LegalAct.CONTINUE,
}
"""Leaving these, other than to withdraw or to stop, ends what the dossier waited for."""

HAND_OVER_FROM = frozenset({Status.ACCEPTED, Status.IN_PROCESS})
"""A dossier goes to other hands only while work on it goes on."""
OPEN = frozenset(
    {
        Status.ACCEPTED,
        Status.IN_PROCESS,
        Status.AWAITING_SUPPLEMENT,
        Status.AWAITING_PAYMENT,
        Status.WITHDRAWAL_ASKED,
    }
)
"""Received and not ended."""

FILING_OPEN = frozenset({Status.FILED, Status.AWAITING_SUPPLEMENT, Status.WITHDRAWAL_ASKED})
"""Filed online, and neither accepted nor refused, stopped or given back."""
_FILING = FILING_OPEN | {Status.ACCEPTED, Status.REFUSED_AT_INTAKE, Status.STOPPED}

WAITING = frozenset({Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT})
"""The clock stands still: the applicant is expected to do something."""
ENDED = frozenset({Status.STOPPED, Status.SETTLED, Status.RETURNED})
"""The clock has ended for good."""
NEEDS_REASON = frozenset({Status.AWAITING_SUPPLEMENT, Status.STOPPED})
"""The applicant has a right to read why."""

_COMPLETION_PERCENT: dict[Status, int] = {
    Status.FILED: 0,
    Status.ACCEPTED: 20,
    Status.REFUSED_AT_INTAKE: 100,
    Status.IN_PROCESS: 50,
    Status.AWAITING_SUPPLEMENT: 40,
    Status.AWAITING_PAYMENT: 80,
    Status.WITHDRAWAL_ASKED: 90,
    Status.STOPPED: 100,
    Status.SETTLED: 100,
    Status.RETURNED: 100,
}


def allowed_from(status: Status, *, came_from: Status | None = None) -> frozenset[Status]:
    """Return where a dossier may go; `came_from` is the status before `status`."""
    if status is Status.WITHDRAWAL_ASKED:
        return ALLOWED[status] & {Status.STOPPED, came_from}
    return ALLOWED[status]


def move(status: Status, to: Status, *, came_from: Status | None = None) -> Status:
    """Return `to`, or refuse when the move is not in the table.

    Law: our reading (moves between the portal's statuses)
    """
    return _moved(status, to, allowed_from(status, came_from=came_from))


def move_filing(status: Status, to: Status, *, came_from: Status | None = None) -> Status:
    """Return `to`, or refuse: a filing knows the part of the table before acceptance.

    Once it is accepted the dossier moves and the filing never again, else it became two.

    Law: our reading (moves between the portal's statuses)
    """
    return _moved(status, to, filing_allowed_from(status, came_from=came_from))


def filing_allowed_from(status: Status, *, came_from: Status | None = None) -> frozenset[Status]:
    """Return where a filing may go: nowhere once it is accepted or ended."""
    if status not in FILING_OPEN:
        return frozenset()
    return allowed_from(status, came_from=came_from) & _FILING


def _moved(status: Status, to: Status, allowed: frozenset[Status]) -> Status:
    if to not in allowed:
        raise IllegalMove(
            from_status=int(status), to_status=int(to), allowed=sorted(int(s) for s in allowed)
        )
    return to


def act_of(status: Status, to: Status) -> LegalAct:
    """Return which act moves a dossier from `status` to `to`."""
    if to is Status.STOPPED and status is Status.WITHDRAWAL_ASKED:
        return LegalAct.GIVE_BACK
    if to in (Status.STOPPED, Status.WITHDRAWAL_ASKED):
        return _ACT_TO[to]
    return _ACT_FROM.get(status, _ACT_TO[to])


def require_status(
    status: Status, among: frozenset[Status], act: LegalAct, *, came_from: Status | None = None
) -> None:
    """Refuse an act that moves nothing, in a status in which it makes no sense."""
    _require_among(status, among, act, allowed_from(status, came_from=came_from))


def require_asking(
    status: Status,
    to: Status,
    act: LegalAct,
    among: frozenset[Status],
    *,
    came_from: Status | None = None,
) -> None:
    """Refuse to ask the applicant for something while a wish to withdraw is undecided.

    Whoever is back from there waits for what was asked for before, and for nothing more.
    """
    if act_of(status, to) is not act:
        asking = frozenset(s for s in among if to in ALLOWED[s] and act_of(s, to) is act)
        _require_among(status, asking, act, allowed_from(status, came_from=came_from))


def require_asked_back(status: Status, act: LegalAct, *, came_from: Status | None = None) -> None:
    """Refuse to give back, or to go on with, a filing that nobody asked back."""
    among = frozenset({Status.WITHDRAWAL_ASKED})
    _require_among(status, among, act, filing_allowed_from(status, came_from=came_from))


def _require_among(
    status: Status, among: frozenset[Status], act: LegalAct, allowed: frozenset[Status]
) -> None:
    if status not in among:
        raise ActNotPossible(
            act=str(act),
            from_status=int(status),
            possible_in=sorted(int(s) for s in among),
            allowed=sorted(int(s) for s in allowed),
        )


def status_after_supplement(came_from: Status | None) -> Status:
    """Return where a completed supplement leads: back to where it was asked for."""
    return Status.ACCEPTED if came_from is Status.ACCEPTED else Status.IN_PROCESS


def supplement_asked_in(moves: Iterable[tuple[Status | None, Status]]) -> Status | None:
    """Return the status in which the last supplement was asked for, by the moves of a dossier.

    Somebody who asked to withdraw meanwhile and thought better of it asked for nothing anew.
    """
    asked_in = None
    for before, after in moves:
        if after is Status.AWAITING_SUPPLEMENT and before not in (
            Status.WITHDRAWAL_ASKED,
            Status.AWAITING_SUPPLEMENT,
        ):
            asked_in = before
    return asked_in


def is_waiting(status: Status, *, came_from: Status | None = None) -> bool:
    """Tell whether the clock stands still.

    Somebody who asks to withdraw while a supplement or a payment is awaited keeps it standing.
    """
    if status is Status.WITHDRAWAL_ASKED:
        return came_from in WAITING
    return status in WAITING


def completion_percent(status: Status) -> int:
    """Return the degree of completion, the only thing the public may know of a dossier.

    Law: TT 01/2018/TT-VPCP art. 16
    """
    return _COMPLETION_PERCENT[status]


def as_markdown() -> str:
    """Return the page that documents the table: a list of moves and a diagram."""
    rows = [f"| {status:d} | {LABELS_VI[status]} | {_targets(status)} |" for status in Status]
    arrows = [f"    s{a:d} --> s{b:d}: {act_of(a, b)}" for a in Status for b in sorted(ALLOWED[a])]
    states = [f'    state "{status:d} {LABELS_VI[status]}" as s{status:d}' for status in Status]
    return "\n".join(
        [
            "# Lifecycle of a dossier",
            "",
            "Generated from `dossier.domain.lifecycle`; do not edit.",
            "",
            "| status | name | may move to |",
            "|---|---|---|",
            *rows,
            "",
            "From 7 a dossier either stops or goes back to the status it came from.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *states,
            "    [*] --> s1",
            "    [*] --> s2",
            *arrows,
            *[f"    s{status:d} --> [*]" for status in Status if not ALLOWED[status]],
            "```",
            "",
        ]
    )


def _targets(status: Status) -> str:
    return ", ".join(f"{to:d}" for to in sorted(ALLOWED[status])) or "—"
