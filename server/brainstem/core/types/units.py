"""Units of measurement: alternative spellings, and factors between units of one dimension.

Facts of the SI and of the field; knows no schemas.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from ..text.numbers import is_double

LONGEST = 60
MICRO, GREEK_MU = "µ", "μ"
# A u used as the micro prefix: uL, mg/uL.
_MICRO_TYPED = re.compile(r"(^|/ *)[uU](?=[a-zA-Z])")

_WORDS = {
    "seconds": "s", "second": "s", "sec": "s", "milliseconds": "ms", "millisecond": "ms", "msec": "ms",
    "microseconds": "µs", "microsecond": "µs", "minutes": "min", "minute": "min", "mins": "min", "hours": "h",
    "hour": "h", "hr": "h", "hrs": "h", "day": "days", "d": "days",
    "week": "weeks", "wk": "weeks", "wks": "weeks", "w": "weeks", "year": "years", "y": "years", "yr": "years",
    "meters": "m", "metres": "m", "meter": "m", "metre": "m", "millimeters": "mm", "millimetres": "mm",
    "millimeter": "mm", "millimetre": "mm", "micrometers": "µm", "micrometres": "µm", "micrometer": "µm",
    "micrometre": "µm", "micron": "µm", "microns": "µm", "nanometers": "nm", "nanometres": "nm", "nanometer": "nm",
    "nanometre": "nm", "centimeters": "cm", "centimetres": "cm", "centimeter": "cm", "centimetre": "cm",
    "liters": "L", "litres": "L", "liter": "L", "litre": "L", "milliliters": "mL", "millilitres": "mL",
    "milliliter": "mL", "millilitre": "mL", "microliters": "µL", "microlitres": "µL", "microliter": "µL",
    "microlitre": "µL", "nanoliters": "nL", "nanolitres": "nL", "nanoliter": "nL", "nanolitre": "nL",
    "grams": "g", "gram": "g", "kilograms": "kg", "kilogram": "kg", "milligrams": "mg", "milligram": "mg",
    "micrograms": "µg", "microgram": "µg", "hertz": "Hz", "kilohertz": "kHz", "megahertz": "MHz", "gigahertz": "GHz",
    "volts": "V", "volt": "V", "millivolts": "mV", "millivolt": "mV", "microvolts": "µV", "microvolt": "µV",
    "amperes": "A", "ampere": "A", "milliamperes": "mA", "microamperes": "µA", "watts": "W", "watt": "W",
    "milliwatts": "mW", "milliwatt": "mW", "microwatts": "µW", "ohm": "Ω", "ohms": "Ω", "kiloohm": "kΩ", "kohm": "kΩ",
    "megaohm": "MΩ", "megohm": "MΩ", "mohm": "MΩ", "degrees": "°", "degree": "°", "deg": "°", "celsius": "°C",
    "degc": "°C", "fahrenheit": "°F", "degf": "°F", "kelvin": "K", "percent": "%", "rpm": "RPM",
}  # fmt: skip

_PREFIXES = {
    "n": "1e-9",
    MICRO: "1e-6",
    "m": "1e-3",
    "c": "1e-2",
    "": "1",
    "k": "1e3",
    "M": "1e6",
    "G": "1e9",
    "p": "1e-12",
}
# base unit -> prefixes in use, and the size of the base unit in the base unit of its dimension
_SCALED = {
    "s": ("length of time", "n µ m", "1"), "m": ("length", "n µ m c k", "1"), "L": ("volume", "p n µ m", "1"),
    "g": ("mass", "n µ m k", "1"), "Hz": ("frequency", "m k M G", "1"), "V": ("voltage", "n µ m k", "1"),
    "A": ("current", "n µ m", "1"), "W": ("power", "n µ m k", "1"), "Ω": ("resistance", "k M G", "1"),
    "Pa": ("pressure", "k M", "1"), "N": ("force", "n µ m k", "1"), "T": ("flux density", "n µ m", "1"),
    "M": ("molarity", "p n µ m", "1"), "Da": ("molar mass", "k", "1"),
}  # fmt: skip
_OTHERS = {
    "min": ("length of time", "60"), "h": ("length of time", "3600"), "days": ("length of time", "86400"),
    "weeks": ("length of time", "604800"), "years": ("length of time", "31557600"),
    "gf": ("force", "0.00980665"), "kgf": ("force", "9.80665"), "g/mol": ("molar mass", "1"),
    "RPM": ("frequency", "0.01666666666666666666666666667"),
    "W/cm²": ("irradiance", "1"), "mW/cm²": ("irradiance", "1e-3"),
    "%": ("share", "1e-2"), "ppm": ("share", "1e-6"), "ppb": ("share", "1e-9"), "°": ("angle", "1"),
    "m²": ("area", "1"), "cm²": ("area", "1e-4"), "mm²": ("area", "1e-6"), "µm²": ("area", "1e-12"),
    "nm²": ("area", "1e-18"),
    "g/L": ("mass concentration", "1"), "mg/mL": ("mass concentration", "1"), "mg/L": ("mass concentration", "1e-3"),
    "µg/mL": ("mass concentration", "1e-3"), "µg/L": ("mass concentration", "1e-6"),
    "ng/mL": ("mass concentration", "1e-6"), "g/kg": ("dose", "1"), "mg/kg": ("dose", "1e-3"),
    "µg/kg": ("dose", "1e-6"),
}  # fmt: skip
_FLOWS = {
    f"{volume}/{time}": (f"1e{exponent}", seconds)
    for volume, exponent in (("L", 0), ("mL", -3), ("µL", -6), ("nL", -9))
    for time, seconds in (("s", 1), ("min", 60), ("h", 3600))
}
_TEMPERATURES = {
    "K": ("1", "0"),
    "°C": ("1", "273.15"),
    "°F": ("0.5555555555555555555555555556", "255.3722222222222222222222222"),
}


def _table() -> dict[str, tuple[str, Decimal, Decimal]]:
    found: dict[str, tuple[str, Decimal, Decimal]] = {}
    nought = Decimal(0)
    for base, (dimension, prefixes, size) in _SCALED.items():
        for prefix in ("", *prefixes.split()):
            found[prefix + base] = (dimension, Decimal(_PREFIXES[prefix]) * Decimal(size), nought)
    for unit, (dimension, size) in _OTHERS.items():
        found[unit] = (dimension, Decimal(size), nought)
    for unit, (size, seconds) in _FLOWS.items():
        found[unit] = ("flow", Decimal(size) / seconds, nought)
    for unit, (size, offset) in _TEMPERATURES.items():
        found[unit] = ("temperature", Decimal(size), Decimal(offset))
    return found


UNITS = _table()


def spelled(text: str, allowed: list[str]) -> str | None:
    """The allowed unit that a text refers to, or None.

    >>> spelled("microseconds", ["s", "ms", "µs"])
    'µs'
    """
    if len(text) > LONGEST:
        return None
    if text in allowed:
        return text
    for candidate in _candidates(text.strip()):
        if candidate in allowed:
            return candidate
    folded = {_folded(text), _folded(_MICRO_TYPED.sub(r"\1" + MICRO, text.strip()))}
    found = [option for option in allowed if _folded(option) in folded]
    return found[0] if len(found) == 1 else None


def _folded(unit: str) -> str:
    """A unit normalized for comparison: case, spaces, micro signs and notation of powers do not matter."""
    return unicodedata.normalize("NFKC", unit).replace(" ", "").replace("^", "").casefold()


def convert(value: Decimal, unit: str) -> tuple[str, Decimal] | None:
    """A quantity in the base unit of its dimension, with the dimension's name; None if it is out of range."""
    size, offset = factor(unit)
    found = value * size + offset
    return (dimension_of(unit), found) if is_double(found) else None


def dimension_of(unit: str) -> str:
    """Dimension of a unit; the unit itself if it converts to no other."""
    return UNITS[unit][0] if unit in UNITS else unit


def factor(unit: str) -> tuple[Decimal, Decimal]:
    """(size, offset) that convert a value in this unit to the base unit of its dimension."""
    return UNITS[unit][1:] if unit in UNITS else (Decimal(1), Decimal(0))


def _candidates(text: str) -> list[str]:
    micro = text.replace(GREEK_MU, MICRO)
    greek = text.replace(MICRO, GREEK_MU)
    found = [text, micro, greek, _WORDS.get(text.casefold(), text)]
    if len(text) > 1 and text[0] == "u":
        found += [MICRO + text[1:], GREEK_MU + text[1:]]
    found += [
        one.replace("^2", "²").replace("ohm", "Ω").replace("Ohm", "Ω").replace("\u2126", "Ω") for one in list(found)
    ]
    return found
