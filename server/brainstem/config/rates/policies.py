"""The limits of rate, from the settings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from brainstem.config.person import Person

MINUTE_S = 60
_WHOM = {"person": "a person", "token": "a token", "address": "an address from which nobody has signed in"}
# A lab whose scripts load everything stays below: they wait for each answer, and get a few hundred a second.
_DEFAULTS = {
    "requests_person": 30_000,
    "requests_token": 20_000,
    "requests_address": 6_000,
    "cost_person": 6_000_000,
    "cost_token": 4_000_000,
    "cost_address": 1_200_000,
}


@dataclass(frozen=True)
class Policy:
    """How much one caller may ask for in a minute.

    Attributes
    ----------
    unit : str
        "requests"; or "cost": rows read, each as often as it comes with includes and once more, and rows written.
    whom : str
        Whose requests are counted together: "person", "token" or "address".
    """

    unit: str
    whom: str
    per_minute: int

    @property
    def name(self) -> str:
        """As in settings, headers and metrics."""
        return f"{self.unit}_{self.whom}"

    def refusal(self, seconds: int) -> str:
        """What a caller who has used it up is told."""
        much = "requests" if self.unit == "requests" else "rows (read with their includes, or written)"
        return (
            f"This server allows {_WHOM[self.whom]} {self.per_minute} {much} a minute, and these are used up. "
            f"Try again in {seconds} s."
        )


Policies = tuple[Policy, ...]


def read(number: Callable[[str, int], int]) -> Policies:
    """The limits from the environment; 0 is none.

    Parameters
    ----------
    number : callable
        Returns the number in a variable, or the default.

    Raises
    ------
    ValueError
        If one of them is negative.
    """
    found = []
    for name, default in _DEFAULTS.items():
        variable = f"BRAINSTEM_RATE_{name.upper()}"
        value = number(variable, default)
        if value < 0:
            raise ValueError(f"{variable} is {value}; it must be 1 or more, or 0 for no limit.")
        unit, _, whom = name.partition("_")
        if value:
            found.append(Policy(unit, whom, value))
    return tuple(found)


def applying(policies: Policies, person: Person, *, network: str) -> Iterator[tuple[Policy, str]]:
    """The limits that apply to a caller, and under which key each counts.

    Anonymous requests count by the network that they come from. Somebody who is signed in counts as a person wherever
    they are, so that the people of a lab behind one address do not share a limit.
    """
    keys = {"address": network}
    if person.is_signed_in:
        keys = {"person": str(person.user_id)}
        if person.token_id is not None:
            keys["token"] = str(person.token_id)
    return ((one, f"{one.name}|{keys[one.whom]}") for one in policies if one.whom in keys)


__all__ = ["MINUTE_S", "Policies", "Policy", "applying", "read"]
