"""`tiepdan papers`: the templates of the official papers, to be changed by the agency and looked over."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def papers() -> None:
    """Word templates of the official papers (docs/papers.md)."""


@papers.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write the packaged templates into FOLDER; what is there already stays as it is."""
    from bot.official.building import template
    from bot.official.drafts import ENDING
    from petitions.official_papers import papers as forms

    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = 0
        for paper in forms():
            path = folder / f"{paper.code}{ENDING}"
            if not path.exists():
                path.write_bytes(template(paper))
                written += 1
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written ({error.strerror}).") from error
    click.echo(f"{written} templates written to {folder}, {len(forms()) - written} were there already.")


@papers.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check(folder: Path) -> None:
    """Look the templates in FOLDER over, as the service does at its start."""
    from bot.official.drafts import Drafts, TemplatesUnusable

    try:
        own = Drafts.load(folder).own
    except TemplatesUnusable as error:
        raise click.ClickException("\n".join(error.faults)) from error
    click.echo(f"{len(own)} templates can be used: {', '.join(own) or 'none'}.")
