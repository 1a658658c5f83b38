"""What is made apart from the requests that ask for it: a report's numbers before it is finished, and the books of a
period. One of each for a unit and period; made again, it takes the place of the former."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final, Self

from sqlalchemy import bindparam, select, update

from petitions.reports.periods import Period
from petitions.reports.report import Report
from storage.book import Book, upsert
from storage.schema import report_jobs

GIVEN_UP: Final = timedelta(minutes=15)
"""What is not made after so long never will be: the process that made it has ended."""
KEPT: Final = timedelta(days=1)
"""How long a made book can be fetched; it names people."""
MOST_AT_ONCE: Final = 50


@unique
class What(StrEnum):
    """What is made."""

    FIGURES = "figures"
    REGISTER = "register"
    RECEPTION = "reception"
    NATIONAL_CSV = "national_csv"
    NATIONAL_JSON = "national_json"


BOOKS: Final = tuple(what for what in What if what is not What.FIGURES)


@unique
class JobState(StrEnum):
    """How far it is."""

    MAKING = "making"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing that is made, without its content."""

    id: int
    period: str
    unit: str
    what: str
    run: int
    state: str
    asked_by: int
    asked_at: datetime
    done_at: datetime | None
    """When the last one was ready that can still be had."""
    sha256: str
    """Of the report's numbers and texts; "" for a book."""
    content_key: str
    """Where a book lies in the file store; "" where there is none."""

    def making(self, now: datetime) -> bool:
        return self.state == JobState.MAKING and now - self.asked_at < GIVEN_UP

    def failed(self, now: datetime) -> bool:
        return not self.making(now) and self.state != JobState.DONE


_FIELDS: Final = tuple(report_jobs.c[name] for name in Job.__dataclass_fields__)
_OF: Final = (
    report_jobs.c.agency == bindparam("of_agency"),
    report_jobs.c.period == bindparam("of_period"),
    report_jobs.c.unit == bindparam("of_unit"),
)
_JOBS: Final = select(*_FIELDS).where(*_OF)
_ASK: Final = upsert(
    report_jobs,
    key=["agency", "period", "unit", "what"],
    change=lambda new: {name: new[name] for name in ("run", "state", "asked_by", "asked_at")},
)
_CONTENT: Final = select(report_jobs.c.figures, report_jobs.c.texts_enc).where(
    report_jobs.c.agency == bindparam("agency"), report_jobs.c.id == bindparam("job_id")
)
_FORMER: Final = (
    select(report_jobs.c.content_key)
    .where(report_jobs.c.agency == bindparam("agency"), report_jobs.c.id == bindparam("job_id"))
    .with_for_update()
)
_OVER: Final = (
    select(report_jobs.c.id, report_jobs.c.content_key)
    .where(
        report_jobs.c.agency == bindparam("agency"),
        report_jobs.c.content_key != "",
        report_jobs.c.done_at < bindparam("before", type_=report_jobs.c.done_at.type),
    )
    .limit(MOST_AT_ONCE)
)


class ReportJobs(Book):
    """The jobs of an agency, in one transaction."""

    @classmethod
    def of(cls, book: Book) -> Self:
        """In the transaction of that casebook."""
        return cls(book.connection, vault=book.vault, ids=book.ids, clock=book.clock, agency=book.agency)

    def all_of(self, period: Period, unit: str) -> dict[What, Job]:
        """What was made or is under way for this unit ("": the whole office)."""
        values = {"of_agency": self.agency, "of_period": period.code, "of_unit": unit}
        found = (Job(**row._asdict()) for row in self.connection.execute(_JOBS, values))
        return {What(job.what): job for job in found}

    def ask(
        self, period: Period, unit: str, what: What, *, officer_id: int, anew: bool = False
    ) -> Job | None:
        """Begin one; None where one is under way already. `anew`: what is under way counts no more, for something
        was changed since it began."""
        found = self.all_of(period, unit).get(what)
        if not anew and found is not None and found.making(self.now()):
            return None
        run = self.ids.new()
        values = {
            "id": run,
            "agency": self.agency,
            "period": period.code,
            "unit": unit,
            "what": what.value,
            "run": run,
            "state": JobState.MAKING.value,
            "asked_by": officer_id,
            "asked_at": self.now(),
            "sha256": "",
            "content_key": "",
        }
        _ASK.run(self.connection, values)
        return self.all_of(period, unit)[what]

    def made_report(self, job: Job, report: Report) -> bool:
        """Keep the numbers that were made; False where another run took its place meanwhile."""
        return self._done(
            job,
            figures=report.figures_json(),
            texts_enc=self.vault.seal_text(
                report.texts_json(), table="report_jobs", column="texts_enc", row=job.id
            ),
            sha256=report.sha256,
        )

    def made_book(self, job: Job, content_key: str) -> str:
        """Keep where the book lies. Gives the address of what is to be removed now: the former book, or this one
        where another run took its place meanwhile; "" for nothing."""
        row = self.connection.execute(_FORMER, {"agency": self.agency, "job_id": job.id}).first()
        if row is None or not self._done(job, content_key=content_key):
            return content_key
        return str(row.content_key)

    def failed(self, job: Job) -> None:
        """It could not be made; what was made before stays."""
        self._change(job, state=JobState.FAILED.value)

    def report(self, job: Job) -> Report | None:
        """The numbers as they were last made; None where they never were. Raises `keys.CannotOpen`."""
        row = self.connection.execute(_CONTENT, {"agency": self.agency, "job_id": job.id}).first()
        if row is None or row.figures is None:
            return None
        texts = self.vault.open_text(row.texts_enc, table="report_jobs", column="texts_enc", row=job.id)
        return Report.from_json(row.figures, texts)

    def over(self) -> dict[int, str]:
        """Job → address of books that nobody gets any more, some at a time. Remove them, then `forget` them."""
        values = {"agency": self.agency, "before": self.now() - KEPT}
        return {row.id: row.content_key for row in self.connection.execute(_OVER, values)}

    def forget(self, job_id: int, content_key: str) -> None:
        """This book is gone."""
        self.connection.execute(
            update(report_jobs)
            .where(
                report_jobs.c.agency == self.agency,
                report_jobs.c.id == job_id,
                report_jobs.c.content_key == content_key,
            )
            .values(content_key="", done_at=None)
        )

    def _done(self, job: Job, **values: Any) -> bool:
        return self._change(job, state=JobState.DONE.value, done_at=self.now(), **values)

    def _change(self, job: Job, **values: Any) -> bool:
        statement = update(report_jobs).where(
            report_jobs.c.agency == self.agency, report_jobs.c.id == job.id, report_jobs.c.run == job.run
        )
        return self.connection.execute(statement.values(**values)).rowcount == 1
