"""Form 05, the course of one dossier, and form 06, the book of a year, put into words."""

from kernel.time_zone import local_day

from dossier.documents import wording
from dossier.documents.content import (
    BookEntry,
    BookVolume,
    ControlSheet,
    FollowUpBook,
    HandOver,
)
from dossier.documents.paper import Book, Line, Sheet, SheetRow, Side
from dossier.documents.slips import form_name, head, instant_or_blank
from dossier.domain.facts import timeliness
from dossier.domain.printed_forms import FormKind, FormSet


def control_sheet(content: ControlSheet, forms: FormSet) -> Sheet:
    """Put form 05 into words: one row per hand-over, with both sides' time.

    Law: TT 01/2018/TT-VPCP art. 9
    """
    matter, received_on = content.matter, local_day(content.received_at)
    kind = FormKind.CONTROL_SHEET
    return Sheet(
        head=head(matter.agency_name, place=matter.place, on=received_on),
        form=form_name(forms, kind),
        title=forms.of_kind(kind).title,
        code=matter.code,
        code_label=matter.code_label,
        blocks=(
            Line("Cơ quan (bộ phận) giải quyết hồ sơ", content.resolver),
            Line("Cơ quan phối hợp giải quyết hồ sơ", _others(content)),
            Line("Thủ tục hành chính", f"{matter.procedure_name} ({matter.procedure_code})"),
            Line("Thời gian nhận hồ sơ", wording.moment(content.received_at)),
            Line(
                "Ngày hẹn trả kết quả",
                "không quy định thời hạn"
                if content.due_on is None
                else wording.long_day(content.due_on),
            ),
        ),
        rows=tuple(_row(step) for step in content.hand_overs),
        dated_on=received_on,
    )


def follow_up_book(content: FollowUpBook, forms: FormSet) -> Book:
    """Put form 06 into words: one row per dossier received in the year, in order of the codes."""
    kind, volume = FormKind.FOLLOW_UP_BOOK, content.volume
    subtitle = f"{_span(content)[0].upper()}{_span(content)[1:]}"
    start = 1 if volume is None else volume.first_entry
    return Book(
        head=head(content.agency_name, place=content.place, on=content.printed_on),
        form=form_name(forms, kind),
        title=forms.of_kind(kind).title,
        subtitle=subtitle,
        cover=() if volume is None else _cover(content, volume),
        part=None if volume is None else f"{subtitle}, {_which(volume)}",
        rows=tuple(_cells(at, entry) for at, entry in enumerate(content.entries, start=start)),
        closing=_closing(content),
        dated_on=content.printed_on,
    )


def _span(content: FollowUpBook) -> str:
    year = f"năm {content.year}"
    return year if content.month is None else f"tháng {content.month} {year}"


def _which(volume: BookVolume) -> str:
    return f"quyển số {volume.number}/{volume.volumes_count}"


def _cover(content: FollowUpBook, volume: BookVolume) -> tuple[str, ...]:
    """Say on the cover which volume it is of how many, and what stands in it."""
    first, last = content.entries[0], content.entries[-1]
    return (
        f"Quyển số {volume.number} (sổ có {wording.count(volume.volumes_count)} quyển)",
        _numbers(content, volume),
        f"Từ hồ sơ {first.code} đến hồ sơ {last.code}",
        f"Nhận từ ngày {wording.day(first.received_on)} đến ngày {wording.day(last.received_on)}",
    )


def _numbers(content: FollowUpBook, volume: BookVolume) -> str:
    last = volume.first_entry + len(content.entries) - 1
    return f"Từ số thứ tự {volume.first_entry} đến số thứ tự {last}"


def _closing(content: FollowUpBook) -> str:
    count, volume = wording.count(len(content.entries)), content.volume
    received = f"hồ sơ tiếp nhận trong {_span(content)}"
    printed = f"in {wording.long_day(content.printed_on)}."
    if volume is None:
        return f"Sổ có {count} {received}, {printed}"
    numbers, total = _numbers(content, volume), wording.count(volume.dossiers_count)
    return (
        f"Quyển số {volume.number} có {count} hồ sơ ({numbers[0].lower()}{numbers[1:]}) "
        f"trong {total} {received}, {printed}"
    )


def _row(step: HandOver) -> SheetRow:
    return SheetRow(
        Side(step.giver, wording.short_moment(step.given_at), step.given_by),
        Side(step.taker, instant_or_blank(step.taken_at), step.taken_by or ""),
        _outcome(step),
        step.step_name,
    )


def _outcome(step: HandOver) -> str:
    if step.completed_at is None:
        how = "Đang giải quyết"
    elif step.due_on is None:
        how = "Đã giải quyết"
    else:
        how = wording.TIMELINESS[timeliness(local_day(step.completed_at), step.due_on)]
    return how if step.due_on is None else f"{how}\nhạn {wording.day(step.due_on)}"


def _others(content: ControlSheet) -> str | None:
    """Name who else had the dossier, in order, each once; a unit is named with its agency.

    Neither the desk that received it nor the agency that settles it co-operates.
    """
    parties = (party for step in content.hand_overs for party in (step.giver, step.taker))
    own = (content.matter.agency_name, content.resolver)
    others = (party for party in parties if not any(_is_of(party, agency) for agency in own))
    return "; ".join(dict.fromkeys(others)) or None


def _is_of(party: str, agency: str) -> bool:
    return party == agency or party.endswith(f", {agency}")


def _cells(at: int, entry: BookEntry) -> tuple[str, ...]:
    return (
        str(at),
        entry.code,
        entry.procedure_name,
        wording.count(1),  # one code is one dossier
        entry.applicant_name,
        "; ".join(part for part in (entry.address, entry.phone) if part),
        entry.resolver,
        wording.day(entry.received_on),
        "" if entry.due_on is None else wording.day(entry.due_on),
        "" if entry.returned_on is None else wording.day(entry.returned_on),
        entry.return_method or "",
        "",  # the applicant signs here
        entry.note,
    )
