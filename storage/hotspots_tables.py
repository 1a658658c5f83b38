"""Tables of hotspots: what is counted of each open petition, the hotspots found, their petitions and their record."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, text

from storage.columns import Identifier, Moment, Word
from storage.schema import metadata

OPEN: Final = "state <> 'closed'"

sightings: Final = Table(
    "sightings",
    metadata,
    Column("hash", Identifier, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("petition_id", Identifier, ForeignKey("petitions.id"), primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("topic_hash", Identifier, nullable=True),
    Column("place_hash", Identifier, nullable=True),
    Column("listed", Integer, nullable=False, server_default=text("0")),
    Column("kept_at", Moment, nullable=False),
    Column("unit", Word, nullable=True),
    sqlite_with_rowid=False,
)
"""Keyed hashes of what an open petition is counted under: everything, its topic, topic and unit, place, topic and
place; one marks every petition looked at. `day`: of filing, as `date.toordinal`. `listed`: the rank of the hotspot it
stands in. `unit`: that answers for it."""
Index("ix_sightings_petition", sightings.c.petition_id)
Index(
    "ix_sightings_places",
    sightings.c.agency,
    sightings.c.day,
    sightings.c.unit,
    sightings.c.hash,
    sightings.c.petition_id,
    sqlite_where=text("kind = 'place'"),
    postgresql_where=text("kind = 'place'"),
)
Index("ix_sightings_kept", sightings.c.agency, sightings.c.kept_at)

hotspot_names: Final = Table(
    "hotspot_names",
    metadata,
    Column("hash", Identifier, primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("kept_at", Moment, nullable=False),
)
"""Keyed hashes of names that surely are places, met in open petitions: they are looked for in other stories."""
Index("ix_hotspot_names_kept", hotspot_names.c.agency, hotspot_names.c.kept_at)

hotspots: Final = Table(
    "hotspots",
    metadata,
    Column("id", Identifier, primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("cell_hash", Identifier, nullable=False),
    Column("topic", Word, nullable=True),
    Column("unit", Word, nullable=True),
    Column("place_enc", LargeBinary, nullable=True),
    Column("since_day", Integer, nullable=False),
    Column("window", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("expected", Float, nullable=False),
    Column("p", Float, nullable=False),
    Column("found_at", Moment, nullable=False),
    Column("state", Word, nullable=False),
    Column("told", Integer, nullable=False),
    Column("told_at", Moment, nullable=False),
    Column("digested", Integer, nullable=False),
    Column("reminded", Integer, nullable=False, server_default=text("0")),
    Column("remind_at", Moment, nullable=True),
    Column("acknowledged_at", Moment, nullable=True),
    Column("acknowledged_by", Identifier, nullable=True),
    Column("closed_at", Moment, nullable=True),
    Column("closed_by", Identifier, nullable=True),
)
"""`state`: new, acknowledged, closed. `told`: own voices the last alert spoke of; `digested`: petitions of which the
last alert or digest did."""
Index(
    "uq_hotspots_open",
    hotspots.c.agency,
    hotspots.c.cell_hash,
    unique=True,
    sqlite_where=text(OPEN),
    postgresql_where=text(OPEN),
)

hotspot_petitions: Final = Table(
    "hotspot_petitions",
    metadata,
    Column("hotspot_id", Identifier, ForeignKey("hotspots.id"), primary_key=True, autoincrement=False),
    Column("petition_id", Identifier, ForeignKey("petitions.id"), primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("added_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_hotspot_petitions_petition", hotspot_petitions.c.petition_id)

hotspot_deeds: Final = Table(
    "hotspot_deeds",
    metadata,
    Column("id", Identifier, primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("hotspot_id", Identifier, ForeignKey("hotspots.id"), nullable=False),
    Column("what", Word, nullable=False),
    Column("officer_id", Identifier, nullable=True),
    Column("at", Moment, nullable=False),
    Column("content_enc", LargeBinary, nullable=False),
)
"""Everything that happened to a hotspot, and who did it; rows are only added."""
Index("ix_hotspot_deeds_hotspot", hotspot_deeds.c.hotspot_id, hotspot_deeds.c.id)
