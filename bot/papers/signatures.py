"""Checks the electronic signatures of a PDF: is it unchanged, and who signed it, and may one believe that?

Nothing is asked of any server: no revocation list is fetched, so a certificate that was withdrawn early is not
noticed here, and the officer who confirms the paper has the last word (Luật Giao dịch điện tử 20/2023 Đ22–23:
which signature has legal value is for the officer to say). Whom to believe stands in a folder of certificates.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from petitions.text import clean

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

log = logging.getLogger(__name__)
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)  # its lines name the signers

_CERTIFICATES: Final = frozenset({".pem", ".crt", ".cer", ".der"})
_MAGIC: Final = b"%PDF-"
_MAGIC_WITHIN: Final = 1024
"""The mark may stand a little into the file (ISO 32000-1, Annex H, note 13)."""
_MOST_SIGNATURES: Final = 50
_USAGES: Final = frozenset({"non_repudiation", "digital_signature"})
"""A certificate for signing carries at least one of them (RFC 5280, 4.2.1.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFinding:
    """What the signatures of a file say. Where several signed, a flag is true when it is so for each."""

    signed: bool = False
    intact: bool = False
    """What each signed is unchanged, and what came later are only further signatures and their stamps."""
    covers_whole_document: bool = False
    """Nothing but stamps was added after the last signature."""
    trusted: bool = False
    """Each certificate was valid at the time and leads to one of the trust roots."""
    signer_name: str = ""
    """As the certificates say, in the order of signing."""
    signed_at: datetime | None = None
    """The last signature's time: of a trusted time stamp, else as the signer's machine says. Aware."""
    signatures: int = 0
    problems: tuple[str, ...] = ()
    """`not_a_pdf`, `password`, `damaged`, `unsigned`, `altered`, `not_whole`, `no_trust_roots`, `untrusted`,
    `expired`."""


def validate(pdf: bytes, trust_roots: Sequence[Path], *, moment: datetime) -> SignatureFinding:
    """What the signatures of `pdf` say at `moment` (aware). `trust_roots`: files of certificates, PEM or DER.

    Takes some 50 ms a signature and runs a loop of its own: call it in a thread. Never raises.
    """
    if _MAGIC not in pdf[:_MAGIC_WITHIN]:
        return SignatureFinding(problems=("not_a_pdf",))
    roots = [root for path in trust_roots for root in _certificates(path)]
    try:
        reader = _reader(pdf)
        if reader is None:
            return SignatureFinding(problems=("password",))
        signatures = reader.embedded_regular_signatures[:_MOST_SIGNATURES]
        seen = [_Seen.of(signature, roots, moment) for signature in signatures]
    except Exception:  # noqa: BLE001 - a broken file makes the library raise almost anything; none of it is ours
        return SignatureFinding(problems=("damaged",))
    return _summary(seen, roots) if seen else SignatureFinding(problems=("unsigned",))


def root_files(folder: Path | None) -> tuple[Path, ...]:
    """The certificate files of a folder, by name; none where there is no folder."""
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in _CERTIFICATES))


def readable_roots(path: Path) -> int:
    """How many certificates a file holds; 0 for one that cannot be read."""
    return len(_certificates(path))


def _certificates(path: Path) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder

    try:
        found = list(load_certs_from_pemder([str(path)]))  # type: ignore[no-untyped-call]
        for certificate in found:
            _ = certificate.subject.native, certificate.not_valid_after
    except (OSError, ValueError, TypeError):
        log.error("trust_root_unreadable")
        return []
    return found


def _reader(pdf: bytes) -> PdfFileReader | None:
    """A reader of the file; None where it opens only with a password."""
    from pyhanko.pdf_utils.crypt.api import AuthStatus
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(pdf))
    except PdfReadError:  # many programs write files with small faults that hinder nobody
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    if reader.encrypted:
        try:
            if reader.decrypt("").status is AuthStatus.FAILED:
                return None
        except TypeError:  # locked with a certificate, not with a password
            return None
    return reader


@dataclass(frozen=True, slots=True)
class _Seen:
    """One signature, looked at."""

    intact: bool
    whole: bool
    trusted: bool
    expired: bool
    name: str
    at: datetime | None

    @classmethod
    def of(cls, signature: EmbeddedPdfSignature, roots: list[Any], moment: datetime) -> _Seen:
        from pyhanko.sign.validation import validate_pdf_signature
        from pyhanko.sign.validation.settings import KeyUsageConstraints
        from pyhanko_certvalidator import ValidationContext

        status = validate_pdf_signature(
            signature,
            ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False),
            key_usage_settings=KeyUsageConstraints(key_usage=_USAGES, match_all_key_usages=False),
        )
        certificate = signature.signer_cert
        return cls(
            intact=bool(status.intact and status.valid and status.docmdp_ok),
            whole=_is_whole(status),
            trusted=bool(status.trusted),
            expired=not certificate.not_valid_before <= moment <= certificate.not_valid_after,
            name=_name(certificate.subject.native),
            at=_time(status),
        )


def _is_whole(status: PdfSignatureStatus) -> bool:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    level = status.modification_level
    return level is not None and level <= ModificationLevel.LTA_UPDATES


def _time(status: PdfSignatureStatus) -> datetime | None:
    stamp = status.timestamp_validity
    if stamp is not None and stamp.valid and stamp.trusted:
        return stamp.timestamp
    reported = status.signer_reported_dt
    return reported if reported is not None and reported.tzinfo is not None else None


def _name(subject: dict[str, Any]) -> str:
    said = subject.get("common_name") or subject.get("organization_name") or ""
    return clean(said if isinstance(said, str) else ", ".join(map(str, said)))[:200]


def _summary(seen: list[_Seen], roots: list[Any]) -> SignatureFinding:
    intact = all(each.intact for each in seen)
    whole = seen[-1].whole
    trusted = all(each.trusted for each in seen)
    problems = []
    if not intact:
        problems.append("altered")
    if not whole:
        problems.append("not_whole")
    if any(each.expired for each in seen):
        problems.append("expired")
    elif not trusted:
        problems.append("untrusted" if roots else "no_trust_roots")
    return SignatureFinding(
        signed=True,
        intact=intact,
        covers_whole_document=whole,
        trusted=trusted,
        signer_name=", ".join(each.name for each in seen if each.name),
        signed_at=seen[-1].at,
        signatures=len(seen),
        problems=tuple(problems),
    )
