"""The published tree as files of 256 hashes (C2SP tlog-tiles): their names, their bytes, growing them, reading nodes from them.

The log's size is always a multiple of 256, so the tiles of leaf hashes and of leaves are always whole, and only those above them come in
parts. Writes no file: `keng.ledger.files` does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from keng.ledger import merkle
from keng.ledger.leaves import LEAF_BYTES
from keng.ledger.merkle import HASH_BYTES

WIDTH = 256
HEIGHT = 8  # levels of the tree in a tile

File = tuple[str, bytes]
Read = Callable[[str], bytes]  # a file by its path below the folder; raises OSError where there is none


class TileDamaged(ValueError):
    """A tile is not as long as it must be."""


def path_of(level: int, index: int, width: int = WIDTH) -> str:
    """The name of the tile `index` of a level; `width` hashes of it where it is not yet full."""
    part = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{_number(index)}{part}"


def entries_path(index: int) -> str:
    """The name of the bundle of leaves whose hashes are tile `index` of level 0."""
    return f"tile/entries/{_number(index)}"


def _number(index: int) -> str:
    """1234067 is x001/x234/067."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Leaves as an entry bundle: the length of each in two bytes, then the leaf."""
    return b"".join(len(leaf).to_bytes(2) + leaf for leaf in leaves)


def unbundle(raw: bytes) -> list[bytes]:
    """The leaves of an entry bundle. Raises TileDamaged."""
    step = 2 + LEAF_BYTES
    leaves = [raw[at + 2 : at + step] for at in range(0, len(raw), step)]
    if bundle(leaves) != raw or any(len(leaf) != LEAF_BYTES for leaf in leaves):
        raise TileDamaged(f"an entry bundle holds leaves of {LEAF_BYTES} bytes, each with its length")
    return leaves


def hashes_in(raw: bytes, width: int) -> list[bytes]:
    """The `width` hashes of a tile. Raises TileDamaged."""
    if len(raw) != width * HASH_BYTES:
        raise TileDamaged(f"a tile of {width} hashes has {width * HASH_BYTES} bytes, not {len(raw)}")
    return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]


class Growth:
    """A tree that grows by 256 leaves at a time and keeps its right edge alone: the tiles that are not yet full.

    `edge[level]` are the hashes of the tile at the right of that level; at level 0 there are none.
    """

    def __init__(self, size: int = 0, edge: Sequence[list[bytes]] = ()) -> None:
        self.size = size
        self.edge = [list(hashes) for hashes in edge] or [[]]

    @classmethod
    def read(cls, size: int, read: Read) -> "Growth":
        """The tree of `size` leaves, from its published tiles. Raises OSError, TileDamaged; whether it is the right one, its root says."""
        if size % WIDTH:
            raise ValueError(f"the log grows by {WIDTH} leaves, and has not {size}")
        edge: list[list[bytes]] = []
        level = 0
        while count := size >> (HEIGHT * level):
            index, width = divmod(count, WIDTH)
            edge.append(hashes_in(read(path_of(level, index, width)), width) if width else [])
            level += 1
        return cls(size, edge)

    def add(self, leaves: Sequence[bytes]) -> Iterator[File]:
        """Appends 256 leaves; yields each tile that became full."""
        if len(leaves) != WIDTH:
            raise ValueError(f"the log grows by {WIDTH} leaves, not by {len(leaves)}")
        index = self.size // WIDTH
        self.size += WIDTH
        yield entries_path(index), bundle(leaves)
        yield from self._full(0, index, [merkle.leaf_hash(leaf) for leaf in leaves])

    def _full(self, level: int, index: int, hashes: list[bytes]) -> Iterator[File]:
        yield path_of(level, index), b"".join(hashes)
        above = level + 1
        if len(self.edge) == above:
            self.edge.append([])
        self.edge[above].append(merkle.root(hashes))
        if len(self.edge[above]) == WIDTH:
            full, self.edge[above] = self.edge[above], []
            yield from self._full(above, index // WIDTH, full)

    def parts(self) -> Iterator[File]:
        """The tiles at the right edge, as far as they are filled."""
        for level, hashes in enumerate(self.edge):
            if hashes:
                yield path_of(level, (self.size >> (HEIGHT * level)) // WIDTH, len(hashes)), b"".join(hashes)

    def root(self) -> bytes:
        """The root: whole subtrees from the largest to the smallest, folded from the right (RFC 6962, 2.1)."""
        whole = [one for hashes in reversed(self.edge) for one in _subtrees(hashes)]
        if not whole:
            return merkle.EMPTY
        found = whole.pop()
        while whole:
            found = merkle.node_hash(whole.pop(), found)
        return found


def _subtrees(hashes: list[bytes]) -> Iterator[bytes]:
    """The roots of the largest whole subtrees over a row of at most 255."""
    at = 0
    for size in (128, 64, 32, 16, 8, 4, 2, 1):
        if len(hashes) & size:
            yield merkle.root(hashes[at : at + size])
            at += size


class TiledTree:
    """The first `size` leaves of the published tree, read tile by tile as `node` asks; for proofs (`keng.ledger.merkle`)."""

    def __init__(self, size: int, read: Read) -> None:
        self.size, self.read = size, read
        self._nodes: dict[tuple[int, int], merkle.Nodes] = {}

    def node(self, level: int, index: int) -> bytes:
        """Raises OSError and TileDamaged."""
        tile, height = divmod(level, HEIGHT)
        first = index << height
        return self._tile(tile, first // WIDTH)(height, (first % WIDTH) >> height)

    def _tile(self, level: int, index: int) -> merkle.Nodes:
        if (level, index) not in self._nodes:
            width = min(WIDTH, (self.size >> (HEIGHT * level)) - index * WIDTH)
            self._nodes[level, index] = merkle.nodes_of(hashes_in(self._raw(level, index, width), width))
        return self._nodes[level, index]

    def _raw(self, level: int, index: int, width: int) -> bytes:
        """A part may be gone once the tile is full (C2SP tlog-tiles): the full one begins with it."""
        try:
            return self.read(path_of(level, index, width))
        except OSError:
            if width == WIDTH:
                raise
            return self.read(path_of(level, index))[: width * HASH_BYTES]
