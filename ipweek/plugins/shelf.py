"""Finds the plugins in their folders and reads their manifests. Looks at the disk each time it is asked; runs no code."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ipweek.plugins import manifest
from ipweek.plugins.manifest import WrongManifest
from ipweek.plugins.schema import Entry

PACKAGE = Path(__file__).resolve().parent.parent
NOT_CODE = {"tests", "__pycache__", "files", ".git"}
"""Folders of a plugin whose content is not what it does."""
MOST_FILES, LARGE = 2_000, 2_000_000
"""So many files, and bytes of one, are looked into for the mark of a plugin's content."""


def shipped() -> Path:
    """The plugins that come with ipweek: of the checkout, or the copy inside an installed wheel."""
    inside = PACKAGE / "shipped_plugins"
    return inside if inside.exists() else PACKAGE.parent / "plugins"


class Shelf:
    """All plugins of one app, by id. ``safe`` says that no district code runs, whatever is switched on."""

    def __init__(self, folders: Sequence[Path], *, is_safe: bool = False) -> None:
        self.folders = [Path(folder) for folder in folders]
        self.is_safe = is_safe
        self._read: dict[Path, tuple[tuple[int, int], Entry]] = {}

    def entries(self) -> dict[str, Entry]:
        """Every folder with a plugin.toml, as it is now.

        A site's own stands in the place of the shipped example of its name. Of any other two with one name the second is
        refused, under a name of its own.
        """
        found: dict[str, Entry] = {}
        for folder in self._folders():
            entry = self._entry(folder)
            if entry.id in found and found[entry.id].folder.parent != shipped():
                why = f"与 {found[entry.id].folder} 同名，请改目录名；本目录是 {folder}"
                entry = Entry(f"{entry.id}@{folder.parent.parent.name or folder.parent.name}", folder, None, why)
            found[entry.id] = entry
        return found

    def get(self, id: str) -> Entry | None:  # noqa: A002 -- the word of the manifest
        """One of them."""
        return self.entries().get(id)

    def _folders(self) -> Iterator[Path]:
        for top in self.folders:
            try:
                places = sorted(top.iterdir())
            except OSError:  # none, or none that may be read
                continue
            yield from (place for place in places if place.name.isprintable() and _has_manifest(place))

    def _entry(self, folder: Path) -> Entry:
        """Read again when plugin.toml changed."""
        try:
            stat = (folder / "plugin.toml").stat()
        except OSError:
            return Entry(folder.name, folder, None, "plugin.toml 读不出来")
        stamp = (stat.st_mtime_ns, stat.st_size)
        known = self._read.get(folder)
        if known is None or known[0] != stamp:
            known = self._read[folder] = (stamp, look(folder))
        return known[1]


def _has_manifest(folder: Path) -> bool:
    """Whether there is one; a folder that may not be looked into is taken for a plugin, so that its page says why."""
    try:
        return (folder / "plugin.toml").is_file()
    except OSError:
        return True


def look(folder: Path) -> Entry:
    """One folder."""
    try:
        return Entry(folder.name, folder, manifest.read(folder))
    except WrongManifest as wrong:
        return Entry(folder.name, folder, None, str(wrong))


def content_of(folder: Path) -> str:
    """A mark of everything that decides what the plugin does: its manifest, code and data, not its tests and papers.

    Of a file beyond LARGE only size and time count. What may not be read is left out.
    """
    mark = hashlib.sha256()
    for path in sorted(islice(folder.rglob("*"), MOST_FILES)):
        inside = path.relative_to(folder)
        if not NOT_CODE.isdisjoint(inside.parts) or path.suffix in {".md", ".pyc"}:
            continue
        with suppress(OSError):
            if path.is_file():
                stat = path.stat()
                mark.update(os.fsencode(inside) + f"\0{stat.st_size}\0".encode())
                mark.update(path.read_bytes() if stat.st_size <= LARGE else str(stat.st_mtime_ns).encode())
    return mark.hexdigest()
