"""Electronic signatures: real certificates, really signed papers, and everything that may be wrong with them."""

from __future__ import annotations

import io
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign import fields
from pypdf import PdfReader, PdfWriter

from bot.cli.checkup.findings import Level
from bot.cli.checkup.office_checks import check_trust_roots
from bot.papers.printer import PaperPrinter
from bot.papers.signatures import SignatureFinding, readable_roots, root_files, validate
from bot.settings import Settings
from handlers.texts import Catalogue
from petitions.papers import Paper
from tests.bot.papers.sample import FULL
from tests.bot.papers.signing import NOW, Signed, authority, person, sign


@pytest.fixture(scope="module")
def root() -> Signed:
    return authority()


@pytest.fixture(scope="module")
def hanh(root: Signed) -> Signed:
    return person("NGUYỄN THỊ HẠNH", root)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return PaperPrinter(Catalogue.load()).pdf(Paper.COMPLAINT, FULL)


@pytest.fixture
def roots(root: Signed, tmp_path: Path) -> list[Path]:
    folder = tmp_path / "roots"
    folder.mkdir()
    return [root.pem(folder / "root.pem")]


def look(pdf: bytes, roots: list[Path]) -> SignatureFinding:
    return validate(pdf, roots, moment=NOW)


def test_a_good_signature(
    paper: bytes, hanh: Signed, roots: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = sign(paper, hanh, tmp_path)

    def refuse(*_: object) -> None:
        raise AssertionError("the check asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    found = look(signed, roots)
    assert found.problems == ()
    assert (found.signed, found.intact, found.covers_whole_document, found.trusted) == (True,) * 4
    assert found.signer_name == "NGUYỄN THỊ HẠNH"
    assert found.signatures == 1
    assert found.signed_at is not None
    assert found.signed_at.tzinfo is not None


def test_roots_may_be_der_and_hold_others_too(
    paper: bytes, root: Signed, hanh: Signed, tmp_path: Path
) -> None:
    folder = tmp_path / "roots"
    folder.mkdir()
    authority("Khác").pem(folder / "another.crt")
    root.der(folder / "root.der")
    (folder / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n")
    (folder / "notes.txt").write_text("not looked at")
    files = root_files(folder)
    assert [path.name for path in files] == ["another.crt", "broken.pem", "root.der"]
    assert [readable_roots(path) for path in files] == [1, 0, 1]
    assert look(sign(paper, hanh, tmp_path), list(files)).trusted
    assert root_files(None) == root_files(tmp_path / "missing") == ()


def test_an_unknown_authority_is_told_from_none_at_all(
    paper: bytes, hanh: Signed, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    signed = sign(paper, hanh, tmp_path)
    other = authority("Tổ chức khác").pem(tmp_path / "other.pem")
    found = look(signed, [other])
    assert (found.problems, found.trusted, found.intact) == (("untrusted",), False, True)
    assert found.signer_name == "NGUYỄN THỊ HẠNH"
    assert look(signed, []).problems == ("no_trust_roots",)
    assert not [line for line in caplog.records if "HẠNH" in line.getMessage()], "a name in a log line"


def test_a_certificate_that_ran_out(paper: bytes, root: Signed, roots: list[Path], tmp_path: Path) -> None:
    late = person("NGUYỄN THỊ HẠNH", root, until=NOW - timedelta(days=1))
    found = look(sign(paper, late, tmp_path), roots)
    assert (found.problems, found.trusted, found.intact) == (("expired",), False, True)


def test_one_changed_byte_inside(paper: bytes, hanh: Signed, roots: list[Path], tmp_path: Path) -> None:
    signed = sign(paper, hanh, tmp_path)
    place = signed.index(b"/MediaBox")
    changed = signed[:place] + signed[place:].replace(b"595", b"596", 1)
    assert len(changed) == len(signed)
    assert changed != signed
    found = look(changed, roots)
    assert found.signed
    assert not found.intact
    assert "altered" in found.problems


def test_a_page_added_after_signing(paper: bytes, hanh: Signed, roots: list[Path], tmp_path: Path) -> None:
    signed = sign(paper, hanh, tmp_path)
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    content = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.insert_page(PageObject(contents=content, media_box=(0, 0, 595, 842)))
    out = io.BytesIO()
    writer.write(out)
    found = look(out.getvalue(), roots)
    assert {"altered", "not_whole"} <= set(found.problems)
    assert not found.intact
    assert not found.covers_whole_document


def test_two_people_sign_one_after_the_other(
    paper: bytes, root: Signed, hanh: Signed, roots: list[Path], tmp_path: Path
) -> None:
    lan = person("LÊ VĂN LÂN", root, serial=3)
    once = sign(paper, hanh, tmp_path)
    found = look(sign(once, lan, tmp_path, field="Chu_ky_2"), roots)
    assert found.problems == ()
    assert found.signatures == 2
    assert found.signer_name == "NGUYỄN THỊ HẠNH, LÊ VĂN LÂN"

    stranger = person("NGƯỜI LẠ", authority("Tổ chức khác"), serial=4)
    mixed = look(sign(once, stranger, tmp_path, field="Chu_ky_2"), roots)
    assert (mixed.trusted, mixed.intact, mixed.problems) == (False, True, ("untrusted",))


def test_an_unsigned_paper_also_with_an_empty_field(paper: bytes, roots: list[Path]) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    fields.append_signature_field(writer, fields.SigFieldSpec("Chu_ky_1"))
    out = io.BytesIO()
    writer.write(out)
    assert look(out.getvalue(), roots) == SignatureFinding(problems=("unsigned",))
    assert look(paper, roots) == SignatureFinding(problems=("unsigned",))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 a picture", b"x" * 2000 + b"%PDF-1.7"])
def test_what_is_no_pdf(data: bytes) -> None:
    assert look(data, []) == SignatureFinding(problems=("not_a_pdf",))


def test_a_broken_pdf(paper: bytes, hanh: Signed, roots: list[Path], tmp_path: Path) -> None:
    assert look(b"%PDF-1.7\nnothing more", roots).problems == ("damaged",)
    signed = sign(paper, hanh, tmp_path)
    for end in (100, len(signed) // 2, len(signed) - 40):
        assert look(signed[:end], roots).problems, end


def test_a_pdf_locked_with_a_password(paper: bytes, roots: list[Path]) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper)))
    writer.encrypt("bí mật", algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    assert look(locked.getvalue(), roots) == SignatureFinding(problems=("password",))


def test_the_doctor_reads_every_certificate(root: Signed, tmp_path: Path) -> None:
    def examined(folder: Path | None) -> tuple[Level, str]:
        found = check_trust_roots(Settings(trust_roots=folder))
        return found.level, found.message

    assert examined(None)[0] is Level.OK
    folder = tmp_path / "roots"
    folder.mkdir()
    assert examined(folder)[0] is Level.WARN
    root.pem(folder / "root.pem")
    assert examined(folder) == (Level.OK, f"1 certificate from {folder}")
    (folder / "bad.crt").write_text("no certificate")
    level, message = examined(folder)
    assert level is Level.FAIL
    assert "bad.crt" in message
    assert "root.pem" not in message
