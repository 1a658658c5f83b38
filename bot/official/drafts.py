"""Makes the drafts: from the agency's own templates where it has some, else from the packaged ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from bot.channels.base import Attachment
from bot.official.building import template
from bot.official.checking import LARGEST, faults_of
from bot.official.filling import fill
from petitions.official_papers import FIELDS, PERSONAL, OfficialPaper, paper_of

MIME: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDING: Final = ".docx"
_OTHER_WORD: Final = frozenset({".doc", ".docm", ".dot", ".dotm", ".dotx", ".odt", ".rtf"})
_OPEN_IN_WORD: Final = "~$"
"""How the file begins that Word lays beside an open document."""


class TemplatesUnusable(Exception):
    """Templates of the agency cannot be used; `faults` names each file with what is wrong and how to mend it."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


class Drafts:
    """One for the life of the service: the agency's templates are read and looked over once, at start."""

    def __init__(self, own: Mapping[str, bytes] | None = None) -> None:
        self._own = dict(own or {})

    @classmethod
    def load(cls, folder: Path | None) -> Self:
        """With the templates of `folder`, named `<code>.docx`. Raises TemplatesUnusable (all faults)."""
        if folder is None:
            return cls()
        own: dict[str, bytes] = {}
        faults: list[str] = []
        try:
            paths = sorted(path for path in folder.iterdir() if path.is_file())
        except OSError as error:
            raise TemplatesUnusable(
                [f"{folder} cannot be read ({error.strerror}). Mend its mode."]
            ) from error
        for path in paths:
            if not path.name.startswith(_OPEN_IN_WORD):
                faults += _take(path, own)
        if faults:
            raise TemplatesUnusable(faults)
        return cls(own)

    @property
    def own(self) -> tuple[str, ...]:
        """Codes of the forms that have a template of the agency."""
        return tuple(self._own)

    def make(self, paper: OfficialPaper, values: Mapping[str, str], *, code: str) -> Attachment:
        """The draft for the petition with this code. Takes up to 200 ms: use a thread.

        What names the petitioner is left out of a form that must not, whatever the template asks for.
        """
        hidden = frozenset() if paper.names else PERSONAL
        said = {name: "" if name in hidden else values.get(name, "") for name in FIELDS}
        data = fill(self._own.get(paper.code) or template(paper), said, title=paper.title)
        return Attachment(name=f"{paper.code}-{code}{ENDING}", mime=MIME, data=data)


def _take(path: Path, own: dict[str, bytes]) -> list[str]:
    """Put a template among `own`; or what is wrong with it."""
    ending = path.suffix.lower()
    if ending in _OTHER_WORD:
        return [f"{path.name}: is no .docx. Open it in Word and save it as 'Word Document (*.docx)'."]
    if ending != ENDING:
        return []
    paper = paper_of(path.stem)
    if paper is None:
        return [f"{path.name}: no form has this code. Name it after one of those in docs/papers.md."]
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        return [f"{path.name}: cannot be read ({error.strerror}). Mend its owner or mode."]
    faults = faults_of(data, paper)
    if not faults:
        own[paper.code] = data
    return [f"{path.name}: {fault}" for fault in faults]
