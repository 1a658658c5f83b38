"""What the check of a page or an electronic signature found, in plain words for citizen and officer alike.

The finding is advice. Whether a page can be read and a signature counts, the officer decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from handlers.texts import Texts

PAGE_PROBLEMS: Final = ("not_a_picture", "too_small", "blurred", "too_dark", "too_bright")
_BROKEN: Final = ("not_a_pdf", "password", "damaged", "unsigned")
"""Nothing of a signature could be looked at."""


def problems(finding: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What is wrong with a page, worst first; empty: nothing, or not looked at yet."""
    found = frozenset((finding or {}).get("problems", ()))
    return tuple(problem for problem in PAGE_PROBLEMS if problem in found)


def page_words(finding: Mapping[str, Any] | None, texts: Texts) -> str:
    """What is wrong with a page, as part of a sentence; "" where nothing is."""
    return ", ".join(texts.get(f"form.page_{problem}") for problem in problems(finding))


def is_sound(finding: Mapping[str, Any]) -> bool:
    """Whether an electronic signature is there, unchanged, and of somebody the office trusts."""
    return bool(finding.get("signed") and finding.get("intact") and finding.get("trusted"))


def signature_words(finding: Mapping[str, Any], texts: Texts, *, hidden: bool = False) -> str:
    """What the signature says, one short sentence for each thing found. `hidden`: without the signer's name."""
    found = frozenset(finding.get("problems", ()))
    broken = next((problem for problem in _BROKEN if problem in found), None)
    if broken is not None or not finding.get("signed"):
        return texts.get(f"form.signature_{broken or 'unsigned'}")
    who = str(finding.get("signer_name") or "")
    if hidden:
        lines = [texts.get("form.signature_hidden")]
    else:
        lines = [texts.get("form.signature_by", name=who) if who else texts.get("form.signature_somebody")]
    lines.append(texts.get("form.signature_intact" if finding.get("intact") else "form.signature_altered"))
    if finding.get("intact") and not finding.get("covers_whole_document", True):
        lines.append(texts.get("form.signature_not_whole"))
    if finding.get("trusted"):
        lines.append(texts.get("form.signature_trusted"))
    elif "expired" in found:
        lines.append(texts.get("form.signature_expired"))
    else:
        lines.append(texts.get("form.signature_untrusted"))
    return " ".join(lines)
