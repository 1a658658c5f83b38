"""Tables of the overview: what each petition adds to its figures, by week."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, text

from storage.columns import Identifier, Moment, Word
from storage.schema import metadata

MEASURES: Final = ("received", "settled", "in_time", "late")
"""Petitions that came in; that were done with; limits that were kept; limits that passed."""

overview_counts: Final = Table(
    "overview_counts",
    metadata,
    Column("agency", Word, primary_key=True),
    Column("about", Word, primary_key=True),
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("unit", Word, primary_key=True),
    Column("value", Word, primary_key=True),
    Column("sealed", Boolean, primary_key=True),
    Column("hidden_from", Identifier, primary_key=True, autoincrement=False),
    *(Column(name, Integer, nullable=False, server_default=text("0")) for name in MEASURES),
)
"""`about`: all, topic, officer, rule, with the `value` of it. `week`: of its Monday, as `date.toordinal`.
`hidden_from`: the officer a sealed case is against, or 0."""

overview_cases: Final = Table(
    "overview_cases",
    metadata,
    Column("petition_id", Identifier, ForeignKey("petitions.id"), primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("settled_at", Moment, nullable=True),
)
"""Petitions that are counted. `settled_at`: when one left the stages in which nothing is decided."""
Index("ix_overview_cases_agency", overview_cases.c.agency, overview_cases.c.petition_id)
