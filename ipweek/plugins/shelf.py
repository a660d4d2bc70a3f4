"""Finds the plugins in their folders and reads their manifests. Looks at the disk each time it is asked; runs no code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from ipweek.plugins import manifest
from ipweek.plugins.manifest import WrongManifest
from ipweek.plugins.schema import Entry

PACKAGE = Path(__file__).resolve().parent.parent
NOT_CODE = {"tests", "__pycache__", "files", ".git"}
"""Folders of a plugin whose content is not what it does."""


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
        """Every folder with a plugin.toml, as it is now. Of two with one name the second is refused, under a name of its own."""
        found: dict[str, Entry] = {}
        for folder in self._folders():
            entry = self._entry(folder)
            if entry.id in found:
                why = f"与 {found[entry.id].folder} 同名，请改目录名；本目录是 {folder}"
                entry = Entry(f"{entry.id}@{folder.parent.parent.name or folder.parent.name}", folder, None, why)
            found[entry.id] = entry
        return found

    def get(self, id: str) -> Entry | None:  # noqa: A002 -- the word of the manifest
        """One of them."""
        return self.entries().get(id)

    def _folders(self) -> Iterator[Path]:
        for top in self.folders:
            if top.is_dir():
                yield from sorted(path for path in top.iterdir() if (path / "plugin.toml").is_file())

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


def look(folder: Path) -> Entry:
    """One folder."""
    try:
        return Entry(folder.name, folder, manifest.read(folder))
    except WrongManifest as wrong:
        return Entry(folder.name, folder, None, str(wrong))


def content_of(folder: Path) -> str:
    """A mark of everything that decides what the plugin does: its manifest, code and data, not its tests and papers."""
    mark = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if NOT_CODE.isdisjoint(inside.parts) and path.is_file() and path.suffix not in {".md", ".pyc"}:
            mark.update(f"{inside.as_posix()}\0{path.stat().st_size}\0".encode())
            mark.update(path.read_bytes())
    return mark.hexdigest()
