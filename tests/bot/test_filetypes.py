"""The allow-list of files: what a file is decides, not what it says it is."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.filetypes import Accepted, Refused, judge, safe_name


def _zip(*names: str, first: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 64
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 64
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.mark.parametrize(
    ("head", "mime", "name", "expected"),
    [
        (JPEG, "image/jpeg", "anh.jpg", "image/jpeg"),
        (JPEG, "image/png", "anh.png", "image/jpeg"),
        (JPEG, "", "", "image/jpeg"),
        (JPEG, "application/octet-stream", "IMG_2041.dat", "image/jpeg"),
        (PNG, "image/png", "ảnh chụp.PNG", "image/png"),
        (b"GIF89a" + b"\0" * 40, "image/gif", "a.gif", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp", "a.webp", "image/webp"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic", "IMG_1.HEIC", "image/heic"),
        (PDF, "application/pdf", "đơn.pdf", "application/pdf"),
        (OLE2, "application/msword", "don.doc", "application/msword"),
        (_zip("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "", "don.docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), "", "bang.xlsx",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (_zip("content.xml", first=b"application/vnd.oasis.opendocument.text"), "", "don.odt",
         "application/vnd.oasis.opendocument.text"),
        ("Kính gửi Sở, đường bị ngập từ hôm qua.".encode(), "text/plain", "don.txt", "text/plain"),
        ("Kính gửi".encode("utf-16"), "text/plain", "don.txt", "text/plain"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video/mp4", "clip.mp4", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime", "clip.mov", "video/quicktime"),
        (b"\0\0\0\x14ftyp3gp4\0\0\0\0", "video/3gpp", "clip.3gp", "video/3gpp"),
        (b"ID3\x03\0\0\0\0\0\0" + b"\0" * 30, "audio/mpeg", "ghi âm.mp3", "audio/mpeg"),
        (b"OggS\0\x02" + b"\0" * 20 + b"OpusHead", "audio/ogg", "voice.ogg", "audio/ogg"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4", "ghi.m4a", "audio/mp4"),
        (b"#!AMR\n\x0c", "audio/amr", "ghi.amr", "audio/amr"),
        (b"\xff\xf1\x50\x80" + b"\0" * 30, "audio/aac", "ghi.aac", "audio/aac"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav", "ghi.wav", "audio/x-wav"),
    ],
)  # fmt: skip
def test_takes_what_people_send(head: bytes, mime: str, name: str, expected: str) -> None:
    assert judge(head, mime, name) == Accepted(expected)


@pytest.mark.parametrize(
    ("head", "mime", "name", "reason"),
    [
        (b"", "image/jpeg", "anh.jpg", "file_empty"),
        (b"MZ\x90\0" + b"\0" * 60, "image/jpeg", "anh.jpg", "file_lies"),
        (b"\x7fELF\x02\x01", "", "tool", "file_type"),
        (b"#!/bin/sh\nrm -rf /\n", "text/plain", "don.txt", "file_lies"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "application/pdf", "don.pdf", "file_lies"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "a.svg", "file_type"),
        (b"<html><body>", "text/plain", "a.txt", "file_lies"),
        (PDF, "image/jpeg", "anh.jpg", "file_lies"),
        (JPEG, "application/pdf", "don.pdf", "file_lies"),
        (JPEG, "image/jpeg", "anh.exe", "file_lies"),
        (_zip("a.txt", "b.txt"), "application/zip", "a.zip", "file_type"),
        (_zip("a.txt"), "", "don.docx", "file_lies"),
        (b"\0\x01\x02\x03" * 20, "text/plain", "rac.txt", "file_lies"),
        (b"Rar!\x1a\x07\0" + b"\0" * 20, "", "a.rar", "file_type"),
    ],
)  # fmt: skip
def test_refuses_what_it_does_not_know_and_what_lies(head: bytes, mime: str, name: str, reason: str) -> None:
    assert judge(head, mime, name) == Refused(reason)  # type: ignore[arg-type]


def test_a_text_whose_head_ends_inside_a_letter_is_still_text() -> None:
    whole = ("Đường " * 2000).encode()
    assert {judge(whole[:size], "text/plain", "a.txt") for size in range(4090, 4097)} == {
        Accepted("text/plain")
    }


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("đơn khiếu nại.pdf", "đơn khiếu nại.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\anh.jpg", "anh.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("  \x00\n ", "tep"),
        ("", "tep"),
        ("..", "tep"),
        ('a"b<c>:d.pdf', "a b c d.pdf"),
    ],
)
def test_names_are_made_safe(typed: str, kept: str) -> None:
    assert safe_name(typed) == kept


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("đ" * 400 + ".docx")
    assert len(name) == 120
    assert name.endswith(".docx")


def test_every_type_has_a_usual_ending() -> None:
    from bot import filetypes

    assert {Accepted(mime).ending for mime in filetypes._ALLOWED} >= {"jpg", "pdf", "docx", "mp4", "ogg"}
