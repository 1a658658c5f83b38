"""What a petition's paper says, gathered from what the citizen told while filing and afterwards.

Pure: the caller reads the petition, its content and its files; nothing is looked up here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from handlers.texts import Texts
from petitions.agency import Agency, UnknownCode
from petitions.extract import find_dates
from petitions.papers import Extent, PaperData, Person
from petitions.text import clean
from petitions.transitions import SEALED_KINDS
from storage.records import FileRecord, FileStatus, PetitionContent, PetitionRecord

_PERSON_KEYS: Final = (
    "name",
    "identity_number",
    "identity_issued_on",
    "identity_issued_by",
    "address",
    "phone",
)


def paper_data(
    petition: PetitionRecord,
    content: PetitionContent,
    extra: Mapping[str, Any],
    agency: Agency,
    today: date,
    *,
    documents: Sequence[str] = (),
) -> PaperData:
    """Everything the papers of `petition` may say.

    Args:
        content: what was told when filing.
        extra: what was told afterwards, by field key; it wins over the content. A value of a kind that the
            field does not have counts as not told. `authorised`, `people` and `representatives` are mappings
            of a person's keys (lists of them for the latter two).
        today: the day the paper is written, in the office's time zone.
        documents: the enclosed papers in words (`document_names`).
    """
    told: dict[str, Any] = {
        **content.answers,
        "name": content.name,
        "phone": content.phone,
        "address": content.address,
        "accused": content.accused,
        "request": content.request,
        "place": content.place,
        **{key: value for key, value in extra.items() if value not in (None, "")},
    }
    if content.phone_note and told["phone"] == content.phone and content.phone:
        told["phone"] = f"{content.phone} ({content.phone_note})"
    more = tuple(_words(told.get("documents")))

    def of(key: str) -> str:
        return _word(told.get(key))

    return PaperData(
        code=petition.code,
        kind=petition.kind,
        sealed=petition.kind in SEALED_KINDS or petition.confidential or petition.discreet,
        addressee=of("addressee") or _addressee(petition, agency),
        written_on=today,
        petitioner=_person(told, today),
        authorised=_authorised(told, today),
        respondent=of("respondent"),
        accused=of("accused"),
        decision=of("decision"),
        received_on=_day(told.get("received_on"), today),
        story=tuple(part for part in map(clean, content.story) if part),
        reason=of("reason"),
        request=of("request"),
        place=of("place"),
        documents=(*(clean(name) for name in documents), *more),
        scope=of("scope"),
        people=_people(told.get("people"), today),
        representatives=_people(told.get("representatives"), today),
        extent=Extent.PART if told.get("extent") == Extent.PART.value else Extent.ALL,
        withdrawn=of("withdrawn"),
    )


def document_names(files: Iterable[FileRecord], texts: Texts) -> tuple[str, ...]:
    """The enclosed files in words, as the paper lists them. Pages of the signed paper itself are none."""
    names = []
    number = 0
    for file in files:
        if file.status in {FileStatus.REFUSED, FileStatus.FAILED} or file.purpose:
            continue
        number += 1
        key = f"papers.document_{file.kind}"
        plain = texts.get(key if key in texts else "papers.document_other", number=number)
        said = clean(file.caption) or clean(file.name)
        names.append(texts.get("papers.document_named", document=plain, name=said) if said else plain)
    return tuple(names)


def _addressee(petition: PetitionRecord, agency: Agency) -> str:
    """The authority whose matter it is; the office itself where there is no other, or it is not known."""
    if petition.destination:
        try:
            return agency.outside_authority(petition.destination).name("vi")
        except UnknownCode:
            return agency.name("vi")
    return agency.name("vi")


def _person(told: Mapping[str, Any], today: date, prefix: str = "") -> Person:
    values = {key: told.get(prefix + key) for key in _PERSON_KEYS}
    issued = _day(values.pop("identity_issued_on"), today)
    return Person(identity_issued_on=issued, **{key: _word(value) for key, value in values.items()})


def _authorised(told: Mapping[str, Any], today: date) -> Person:
    """Told as one mapping or as keys of their own."""
    given = told.get("authorised")
    return _person(given, today) if isinstance(given, Mapping) else _person(told, today, prefix="authorised_")


def _people(value: Any, today: date) -> tuple[Person, ...]:
    if not isinstance(value, list | tuple):
        return ()  # the number of people, as the chat counts them
    return tuple(_person(each, today) for each in value if isinstance(each, Mapping))


def _word(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        value = value.splitlines()
    if not isinstance(value, list | tuple):
        return []
    return [word for word in map(_word, value) if word]


def _day(value: Any, today: date) -> date | None:
    """A day as it is kept (ISO) or as people write it; what is no single day is left for the hand."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        days = find_dates(clean(value), today)
        return days[0].date if len(days) == 1 and not days[0].problem else None
