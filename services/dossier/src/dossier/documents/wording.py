"""How numbers, days and times are written on Vietnamese official papers."""

from datetime import date, datetime

from kernel.time_zone import local_day, local_time

from dossier.domain.due_date import TimeUnit
from dossier.domain.facts import Channel, ReturnMethod, Timeliness
from dossier.domain.places import COMMITTEE

CHANNELS = {
    Channel.DIRECT: "trực tiếp",
    Channel.ONLINE: "trực tuyến",
    Channel.POSTAL: "qua dịch vụ bưu chính công ích",
}
RETURN_METHODS = {
    ReturnMethod.DIRECT: "Trực tiếp",
    ReturnMethod.POSTAL: "Bưu chính",
    ReturnMethod.ONLINE: "Trực tuyến",
}
TIMELINESS = {
    Timeliness.EARLY: "Trước hạn",
    Timeliness.ON_TIME: "Đúng hạn",
    Timeliness.LATE: "Quá hạn",
}
_UNITS = {
    TimeUnit.WORKING_DAY: "ngày làm việc",
    TimeUnit.CALENDAR_DAY: "ngày",
    TimeUnit.WORKING_HOUR: "giờ làm việc",
    TimeUnit.MONTH: "tháng",
}
_PADDED_COUNTS = range(10)
_PADDED_MONTHS = (1, 2)


def count(number: int) -> str:
    """Write a whole number: a dot every three digits, below 10 with a leading zero (`03`)."""
    return f"0{number}" if number in _PADDED_COUNTS else f"{number:,}".replace(",", ".")


def day(value: date) -> str:
    """Write a date as `dd/mm/yyyy`."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def long_day(value: date) -> str:
    """Write a date in words; days below 10 and the months 1 and 2 get a leading zero.

    Law: NĐ 30/2020/NĐ-CP, phụ lục I
    """
    month = f"{value.month:02}" if value.month in _PADDED_MONTHS else str(value.month)
    return f"ngày {value.day:02} tháng {month} năm {value.year:04}"


def moment(instant: datetime) -> str:
    """Write an instant as the forms do: `10 giờ 05 phút, ngày 31 tháng 8 năm 2022`."""
    return f"{_clock(instant)}, {long_day(local_day(instant))}"


def short_moment(instant: datetime) -> str:
    """Write an instant for a narrow column: `10 giờ 05 phút, 31/08/2022`."""
    return f"{_clock(instant)}, {day(local_day(instant))}"


def time_limit(value: int | None, unit: TimeUnit) -> str:
    """Write the length of a time limit."""
    if value is None or unit is TimeUnit.NONE:
        return "không quy định thời hạn"
    return f"{count(value)} {_UNITS[unit]}" if value else "trong ngày làm việc"


def agency_lines(name: str) -> tuple[str, ...]:
    """Break an agency's name as in a head block: ỦY BAN NHÂN DÂN / PHƯỜNG PHÚ SƠN."""
    committee = COMMITTEE.match(name)
    if committee is None:
        return (name.upper(),)
    return ("ỦY BAN NHÂN DÂN", name[committee.end() :].upper())


def _clock(instant: datetime) -> str:
    return f"{local_time(instant):%H} giờ {local_time(instant):%M} phút"
