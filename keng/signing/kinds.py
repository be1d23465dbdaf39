"""What kinds of documents there are: each app registers its own in `AppConfig.ready()`."""

from dataclasses import dataclass
from pathlib import Path

from keng.core.registry import Registry


@dataclass(frozen=True)
class Kind:
    """`title` heads the paper and the page that says it is genuine; `template` is the typst file that lays the values out.

    `renderer` names who makes the file out of both (`keng.signing.renderers`).
    """

    title: str
    template: Path
    renderer: str = "plain"


kinds: Registry[Kind] = Registry("kind of document")
