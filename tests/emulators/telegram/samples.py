"""Real bytes for the files that people send: each begins as its kind does and can be made any size."""

from __future__ import annotations

import struct
import zlib


def jpeg(size: int = 60_000, seed: int = 0) -> bytes:
    """A JPEG by its markers (start, JFIF header, comment filler, end); not a picture worth looking at."""
    head = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08\x03\x20\x04\xb0\x01\x01\x11\x00"
    return _filled(head + frame, b"\xff\xd9", size, seed, comment=True)


def png(width: int = 8, height: int = 8) -> bytes:
    """A complete PNG of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def pdf(size: int = 2_000, seed: int = 0) -> bytes:
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    )
    return _filled(body, b"trailer<</Root 1 0 R/Size 4>>\n%%EOF\n", size, seed)


def ogg(size: int = 8_000, seed: int = 0) -> bytes:
    return _filled(
        b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00", b"", size, seed
    )


def mp4(size: int = 40_000, seed: int = 0) -> bytes:
    return _filled(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", b"", size, seed)


def mp3(size: int = 20_000, seed: int = 0) -> bytes:
    return _filled(b"ID3\x03\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64", b"", size, seed)


def _filled(head: bytes, tail: bytes, size: int, seed: int, *, comment: bool = False) -> bytes:
    missing = max(size - len(head) - len(tail), 0)
    filler = (f"%{seed:08d} ".encode() * (missing // 10 + 1))[:missing]
    if not comment:
        return head + filler + tail
    parts = []
    while filler:  # JPEG comments hold at most 65 533 bytes each
        piece, filler = filler[:65_000], filler[65_000:]
        parts.append(b"\xff\xfe" + struct.pack(">H", len(piece) + 2) + piece)
    return head + b"".join(parts) + tail
