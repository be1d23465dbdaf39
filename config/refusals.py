"""One refusal of start-up (S4), as all checks of `config` make them."""

from django.core.checks import Error


def refuse(number: int, vietnamese: str, english: str) -> Error:
    """`number` is the one by which docs/operating/troubles.md names it."""
    return Error(vietnamese, hint=english, id=f"keng.E{number:03}")
