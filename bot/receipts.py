"""The receipt of a filed petition: an A5 PDF with the code, what happens next, and a QR code to look it up.

A receipt lies on tables and is photographed, so it says no more than a stranger may know: the receipt of a
denunciation and that of a discreet petition look alike and name neither kind, register number nor unit
(Luật Tố cáo Đ8 k3, Đ56: nothing that gives the denouncer away). The QR code holds the code, never the secret.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from bot.channels.base import Attachment
from bot.qr import qr_svg
from handlers.texts import Catalogue, Texts
from petitions.agency import Agency
from petitions.codes import TrackingCode, show_secret
from petitions.transitions import SEALED_KINDS
from storage.records import PetitionRecord
from storage.registers import letters_of

if TYPE_CHECKING:
    import typst

_TEMPLATE: Final = Path(__file__).with_name("receipt.typ")
_FIXED_TEXTS: Final = (
    "nation", "motto", "title", "subtitle", "code_label", "secret_label", "secret_note", "next_title",
    "qr_alt", "link_label", "footer",
)  # fmt: skip
_STEPS: Final = ("next_1", "next_2", "next_3")


class ReceiptPrinter:
    """Makes receipts; one for the life of the service, since fonts and the compiler are kept between calls.

    Calls from several threads wait for one another (about 10 ms each).
    """

    def __init__(self, *, catalogue: Catalogue, agency: Agency, public_url: str) -> None:
        self._catalogue = catalogue
        self._agency = agency
        self._public_url = public_url.rstrip("/")
        self._zone = ZoneInfo(agency.timezone)
        self._lock = Lock()
        self._compiler: typst.Compiler | None = None

    def print(self, petition: PetitionRecord, *, secret: str = "", language: str = "vi") -> Attachment:
        """The receipt of `petition` as PDF, with `secret` where given. Takes milliseconds: use a thread."""
        texts = self._catalogue.language(language)
        pdf = self.compile(self.content(petition, secret=secret, texts=texts))
        name = texts.get("receipt.file_name", code=str(TrackingCode(petition.code)))
        return Attachment(name=f"{name}.pdf", mime="application/pdf", data=pdf)

    def content(self, petition: PetitionRecord, *, secret: str, texts: Texts) -> dict[str, Any]:
        """Everything the receipt says, as plain data."""
        code = TrackingCode(petition.code)
        agency = self._agency
        return {
            "lang": texts.language,
            "title": texts.get("receipt.document_title", code=str(code)),
            "agency": agency.name(texts.language),
            "parent": "",
            "code": str(code),
            "secret": show_secret(secret) if secret else "",
            "qr": qr_svg(f"{self._public_url}/status?code={code}") if self._public_url else "",
            "link": f"{self._public_url}/status" if self._public_url else "",
            "rows": self._rows(petition, texts),
            "next": [texts.get(f"receipt.{step}") for step in _STEPS],
            "texts": {name: texts.get(f"receipt.{name}") for name in _FIXED_TEXTS},
        }

    def _rows(self, petition: PetitionRecord, texts: Texts) -> list[dict[str, str]]:
        def row(key: str, value: str, note: str = "") -> dict[str, str]:
            return {"label": texts.get(f"receipt.{key}"), "value": value, "note": note}

        rows = []
        open_case = not (petition.discreet or petition.confidential or petition.kind in SEALED_KINDS)
        if open_case:
            rows.append(row("register", register_number(petition)))
            rows.append(row("kind", texts.get(f"receipt.kind_{petition.kind.value}")))
        else:
            rows.append(row("kind", texts.get("receipt.kind_neutral")))
        rows.append(row("received", self._moment(petition.filed_at, texts)))
        if petition.due_on is not None:
            since = petition.first_message_at.astimezone(self._zone).date()
            rows.append(
                row("due", _day(petition.due_on, texts), _due_reason(petition.due_rule, since, texts))
            )
        if open_case:
            rows.append(row("unit", self._agency.unit(petition.unit).name(texts.language)))
        return rows

    def _moment(self, at: datetime, texts: Texts) -> str:
        local = at.astimezone(self._zone)
        return texts.get("receipt.moment", time=f"{local:%H:%M}", day=_day(local.date(), texts))

    def compile(self, content: dict[str, Any]) -> bytes:
        """A receipt that says `content`, as PDF."""
        with self._lock:
            if self._compiler is None:
                self._compiler = _new_compiler()
            pdf = self._compiler.compile(format="pdf", sys_inputs={"data": json.dumps(content)})
        if not isinstance(pdf, bytes):
            raise TypeError("the receipt did not become one PDF")
        return pdf


def register_number(petition: PetitionRecord) -> str:
    """The number in the year's book as offices write it, such as `00012/PA-2026`."""
    return f"{petition.register_no:05d}/{letters_of(petition.register_book)}-{petition.register_year}"


def _new_compiler() -> typst.Compiler:
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)


def _day(day: date, texts: Texts) -> str:
    return texts.get(
        "receipt.day", weekday=texts.get(f"receipt.weekday_{day.isoweekday()}"), date=f"{day:%d/%m/%Y}"
    )


def _due_reason(rule: str | None, since: date, texts: Texts) -> str:
    key = f"receipt.reason_{(rule or '').replace('-', '_').lower()}"
    return texts.get(key, since=f"{since:%d/%m/%Y}") if rule and key in texts else ""
