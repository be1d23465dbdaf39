"""`quantity`, under the name that the pages of figures load."""

from keng.core.templatetags.quantities import quantity, register

__all__ = ["quantity", "register"]
