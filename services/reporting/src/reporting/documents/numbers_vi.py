"""How numbers and dates are written in Vietnamese official papers."""

from datetime import date
from decimal import Decimal

_PADDED_COUNTS = range(1, 10)
_PADDED_MONTHS = (1, 2)


def count(number: int) -> str:
    """Write a whole number: a dot every three digits, 1 to 9 with a leading zero (`03`)."""
    if number in _PADDED_COUNTS:
        return f"0{number}"
    return f"{number:,}".replace(",", ".")


def decimal(number: Decimal) -> str:
    """Write a decimal with a comma and without trailing zeros: `1,8`, `2`, `1.234,5`."""
    text = f"{number:,f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return whole.replace(",", ".") + (f",{fraction}" if fraction else "")


def percent(number: Decimal) -> str:
    """Write a percentage; the sign follows at once: `18,4%`."""
    return f"{decimal(number)}%"


def day(value: date) -> str:
    """Write a date as `dd/mm/yyyy`."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


def long_day(value: date | None) -> str:
    """Write the date under the motto; with None, leave room to fill it in by hand.

    Days below 10 and the months 1 and 2 get a leading zero, the other months none.

    Law: NĐ 30/2020/NĐ-CP, phụ lục I
    """
    if value is None:
        return "ngày      tháng      năm"
    month = f"{value.month:02}" if value.month in _PADDED_MONTHS else str(value.month)
    return f"ngày {value.day:02} tháng {month} năm {value.year:04}"
