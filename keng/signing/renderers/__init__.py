"""How a document becomes a file. A renderer is registered under a name, and a kind of document names the one that it wants."""

from collections.abc import Callable, Mapping
from pathlib import Path

from keng.core.registry import Registry

# From the kind's template and all that is printed (the document's values, and `document`: code, address, QR) to the PDF's bytes.
Renderer = Callable[[Path, Mapping[str, object]], bytes]

renderers: Registry[Renderer] = Registry("renderer of documents")
