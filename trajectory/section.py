"""A table of a scenario file, and the kinds of entry that are no values: names, texts, files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from trajectory.units import Instant, Time, refuse


class Located(str):
    """The name of a file, as written, with the folder of the file that names it."""

    folder: Path

    def __new__(cls, text: str, folder: Path):
        located = super().__new__(cls, text)
        located.folder = folder
        return located

    def __getnewargs__(self):
        return str(self), self.folder

    def path(self) -> Path:
        return (self.folder / str(self)).resolve()


def _existing(raw: Any) -> Path:
    """The path of a file that a scenario names, relative to the file that names it."""
    if not isinstance(raw, str) or not raw.strip() or "\0" in raw:
        refuse("the name of a file is due")
    path = raw.path() if isinstance(raw, Located) else Path(raw).resolve()
    try:
        if path.is_file():
            with open(path, "rb") as file:
                if file.read(1):
                    return path
            refuse(f"the file {path} is empty")
    except OSError:
        pass
    refuse(f"there is no such file that can be read: {path}"[:400])


def _plain_number(raw):
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        refuse("a bare number is due")
    return raw


Text = Annotated[str, Field(strict=True, min_length=1, max_length=20000)]
Name = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
Key = Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Flag = Annotated[bool, Field(strict=True)]
File = Annotated[Path, BeforeValidator(_existing)]
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_plain_number)]
Epoch = Annotated[Instant, Time()]


def whole(low: int, high: int):
    return Annotated[int, Field(strict=True, ge=low, le=high)]


class Section(BaseModel):
    """A table of the file. Its `source` and `grade` hold for those of its values that state none."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    source: Text | None = None
    grade: Literal["stated", "derived", "assumed"] | None = None
    note: Text | None = None


def needs(section, word: str, *keys: str):
    """Refuse a section in which a choice lacks the keys it needs."""
    missing = [key for key in keys if getattr(section, key) is None]
    if missing:
        refuse(f"{word} needs {', '.join(missing)}")


class Described(Section):
    schema_version: whole(1, 1) = Field(alias="schema")
    name: Name
    title: Text | None = None
    summary: Text | None = None
    description: Text | None = None
