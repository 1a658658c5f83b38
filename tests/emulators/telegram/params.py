"""Parameters of one call, however they were sent: query, form, JSON or multipart (reference 1.2)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .errors import ApiError, bad


@dataclass(slots=True)
class Upload:
    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Params:
    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if value is None:
            return ""
        return (
            value
            if isinstance(value, str)
            else json.dumps(value)
            if not isinstance(value, int)
            else str(value)
        )

    def has(self, name: str) -> bool:
        return name in self.values

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return value is True or str(value).lower() in ("true", "yes", "1")

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        try:
            return default if value is None or value == "" else int(value)
        except (TypeError, ValueError):
            return default

    def json(self, name: str, what: str = "") -> Any:
        """A nested value: as it is in a JSON body, or as JSON text. Raises the server's parse error."""
        value = self.values.get(name)
        if not isinstance(value, str) or value == "":
            return None if value == "" else value
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what or name} JSON object") from None


async def read_params(request: web.BaseRequest) -> Params:
    """Query string first, then the body; a repeated parameter keeps its first value."""
    values: dict[str, Any] = {}
    if request.query_string:
        _keep_first(values, parse_qsl(request.query_string, keep_blank_values=True))
    kind = request.content_type
    if not request.body_exists:
        return Params(values)
    if kind == "application/json":
        body = await request.read()
        if body:
            try:
                given = json.loads(body)
            except ValueError:
                raise bad("can't parse request: body is not valid JSON") from None
            if not isinstance(given, dict):
                raise bad("can't parse request: object expected")
            _keep_first(values, list(given.items()))
        return Params(values)
    if kind == "application/x-www-form-urlencoded":
        _keep_first(values, parse_qsl((await request.read()).decode(), keep_blank_values=True))
        return Params(values)
    if kind == "multipart/form-data":
        return await _read_multipart(request, values)
    await request.read()
    return Params(values)


async def _read_multipart(request: web.BaseRequest, values: dict[str, Any]) -> Params:
    uploads: dict[str, Upload] = {}
    try:
        form = await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    for name, value in form.items():
        if isinstance(value, web.FileField):
            with value.file as stream:
                upload = Upload(value.filename, value.content_type, stream.read())
            uploads.setdefault(name, upload)
        elif isinstance(value, str):
            values.setdefault(name, value)
        else:
            values.setdefault(name, bytes(value).decode("utf-8", "replace"))
    return Params(values, uploads)


def _keep_first(values: dict[str, Any], pairs: list[tuple[str, Any]]) -> None:
    for name, value in pairs:
        values.setdefault(name, value)
