"""Pictures, files, voices, places and cards that people send: each an event with links to real bytes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tests.emulators.telegram.samples import jpeg, mp4, pdf

from .model import Attachment, Shown

if TYPE_CHECKING:
    from .deliverer import Delivery
    from .world import Account, World

GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
AMR = b"#!AMR\n" + b"\x3c" * 2_000


class Media:
    """The sending half of a person. `expired` 403 or 404 makes a link that is dead from the start;
    `content_type` and `data` may contradict the kind."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self.account = account
        self.last_event: Delivery | None = None

    @property
    def id(self) -> str:
        return self.account.id

    def send_photo(
        self,
        caption: str = "",
        data: bytes | None = None,
        *,
        expired: int = 0,
        content_type: str = "image/jpeg",
    ) -> Shown:
        data = jpeg(20_000, seed=self._world.random.randrange(10**8)) if data is None else data
        url = self._world.host_file(data, "photo.jpg", content_type, expired=expired)
        payload = {"thumbnail": url, "url": url}
        return self._attached(
            "user_send_image", "image", payload, Attachment("image", "", url, data), caption
        )

    def send_photos(self, count: int, caption: str = "") -> list[Shown]:
        """Photos chosen together: so many events of their own; the caption stands at the first."""
        return [self.send_photo(caption if number == 0 else "") for number in range(count)]

    def send_gif(self, data: bytes = GIF) -> Shown:
        url = self._world.host_file(data, "moving.gif", "image/gif")
        payload = {"thumbnail": url, "url": url}
        return self._attached("user_send_gif", "gif", payload, Attachment("gif", "", url, data))

    def send_file(
        self,
        name: str = "don.pdf",
        data: bytes | None = None,
        *,
        expired: int = 0,
        content_type: str = "application/octet-stream",
        announced: int | None = None,
    ) -> Shown:
        """`announced`: the size the event tells, where it shall differ from the bytes."""
        data = pdf() if data is None else data
        url = self._world.host_file(data, name, content_type, expired=expired)
        payload = {
            "url": url,
            "size": str(len(data) if announced is None else announced),
            "name": name,
            "checksum": hashlib.md5(data, usedforsecurity=False).hexdigest(),
            "type": name.rpartition(".")[2].lower(),
        }
        return self._attached("user_send_file", "file", payload, Attachment("file", name, url, data))

    def send_voice(self, seconds: int = 3, data: bytes | None = None, *, expired: int = 0) -> Shown:
        data = AMR if data is None else data
        url = self._world.host_file(data, "voice.amr", "audio/amr", expired=expired)
        shown = Attachment("audio", "", url, data, text=f"{seconds} s")
        return self._attached("user_send_audio", "audio", {"url": url}, shown)

    def send_video(self, data: bytes | None = None, description: str = "", *, expired: int = 0) -> Shown:
        data = mp4() if data is None else data
        url = self._world.host_file(data, "video.mp4", "video/mp4", expired=expired)
        thumbnail = self._world.host_file(jpeg(2_000), "thumb.jpg", "image/jpeg")
        payload = {"url": url, "thumbnail": thumbnail, "description": description}
        return self._attached("user_send_video", "video", payload, Attachment("video", "", url, data))

    def send_sticker(self, sticker: str = "46956") -> Shown:
        payload = {"id": sticker, "url": f"{self._world.base_url}/cdn/sticker/{sticker}.png"}
        return self._attached("user_send_sticker", "sticker", payload, Attachment("sticker", sticker))

    def send_location(self, latitude: float = 20.5411, longitude: float = 105.9139, text: str = "") -> Shown:
        payload = {"coordinates": {"latitude": str(latitude), "longitude": str(longitude)}}
        shown = Attachment("location", text=f"{latitude},{longitude}")
        return self._attached("user_send_location", "location", payload, shown, text)

    def send_link(self, url: str = "https://example.vn/bai", text: str = "", description: str = "") -> Shown:
        payload = {"thumbnail": "", "description": description, "url": url}
        return self._attached("user_send_link", "link", payload, Attachment("link", url=url), text or url)

    def send_business_card(self, phone: str = "0901234567") -> Shown:
        code = f"https://qr-talk.zdn.vn/{phone}"
        description = json.dumps({"phone": phone, "qrCodeUrl": code}, separators=(",", ":"))
        payload = {"thumbnail": "", "description": description, "url": code}
        shown = Attachment("card", text=phone)
        return self._attached("user_send_business_card", "link", payload, shown, "", text_always=True)

    def share_info(self, name: str, phone: str, address: str, *, older: bool = False) -> None:
        """Answer a request_user_info; `older`: the form with district and the phone as a number."""
        world, account = self._world, self.account
        world.interacted(account)
        account.shared = {"name": name, "phone": phone, "address": address, "city": "", "district": ""}
        info: dict[str, Any] = {
            "name": name,
            "phone": phone,
            "user_dob": "",
            "gender": "",
            "full_address": {"user_city": "", "user_ward": "", "user_address": address},
        }
        if older:
            info = {
                "address": address,
                "city": "",
                "district": "",
                "ward": "",
                "name": name,
                "phone": int(phone),
            }
        self.last_event = world.submitted(account, info)

    # --- shared with what people type

    def _post(self, shown: Shown) -> Shown:
        shown.sent_at = self._world.clock.now()
        self._world.interacted(self.account)
        return self._world.keep(self.account, shown)

    def _event(self, name: str, message: dict[str, Any]) -> None:
        self.last_event = self._world.by_user(self.account, name, message)

    def _attached(
        self,
        event: str,
        kind: str,
        payload: dict[str, Any],
        attachment: Attachment,
        text: str = "",
        *,
        text_always: bool = False,
    ) -> Shown:
        shown = self._post(
            Shown(self._world.message_id(), False, text, 0.0, attachments=[attachment], kind=attachment.kind)
        )
        message: dict[str, Any] = {"msg_id": shown.id}
        if text or text_always:
            message["text"] = text
        message["attachments"] = [{"type": kind, "payload": payload}]
        self._event(event, message)
        return shown
