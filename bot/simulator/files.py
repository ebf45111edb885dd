"""Pictures and papers that travelled through the simulator, by their file id."""

import mimetypes
from dataclasses import dataclass

SMALL = "-s"  # the thumbnail's id: the same bytes under another name, as nobody looks closer here


@dataclass(frozen=True, slots=True)
class File:
    id: str
    name: str
    mime: str
    data: bytes

    @property
    def path(self) -> str:
        folder = "photos" if self.mime.startswith("image/") else "documents"
        return f"{folder}/{self.id}{mimetypes.guess_extension(self.mime) or '.bin'}"


def picture_type(data: bytes) -> str | None:
    """By what is inside, as the platforms do; a name proves nothing."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


class Files:
    def __init__(self) -> None:
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}

    def add(self, file: File) -> File:
        self._by_id[file.id] = self._by_path[file.path] = file
        return file

    def get(self, file_id: str) -> File | None:
        return self._by_id.get(file_id.removesuffix(SMALL))

    def at(self, path: str) -> File | None:
        return self._by_path.get(path)
