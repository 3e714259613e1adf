"""`sightline sync`."""

from pathlib import Path
from typing import Annotated

import typer

from sightline_cli.arguments import Concurrency, DryRun
from sightline_cli.files import FoundFiles, find_image_files
from sightline_cli.formatting import format_count, format_path
from sightline_cli.runner import (
    ERR,
    MAX_CONNECTIONS,
    Exit,
    Json,
    identify_owner,
    load_session,
    print_error,
    run,
)
from sightline_cli.sync_index import FileVersion, SyncIndex
from sightline_cli.upload import (
    Exclude,
    Features,
    IntoAlbum,
    UploadOptions,
    Wait,
    preview_upload,
    report_unusable,
    upload_found,
)
from sightline_client import UploadOutcome, UploadResult


def sync(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder to upload.", show_default=False)
    ],
    album: IntoAlbum = None,
    feature: Features = None,
    wait: Wait = False,
    exclude: Exclude = None,
    full: Annotated[bool, typer.Option("--full", help="Check unchanged files again, too.")] = False,
    concurrency: Concurrency = MAX_CONNECTIONS,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Upload what is new or changed in a folder; never delete anything.

    Files of the same size and modification time as at the last sync are not read again. So an
    image that you delete from Sightline is not uploaded again, unless its file changes or you add
    `--full`.

    Example: `sightline sync ~/Pictures --exclude drafts`
    """
    options = UploadOptions(album, feature, wait, False, concurrency, as_json)

    async def work() -> int:
        if not folder.is_dir():
            return print_error(
                f"{format_path(folder)}: not a folder; upload files with `sightline upload`"
            )
        index = SyncIndex.load(identify_owner(load_session()[0]), folder)
        found = find_image_files([folder], exclude or ())
        versions = _read_versions(found)
        unchanged = [
            path
            for path, version in versions.items()
            if not full and index.contains(_relative(path, folder), version)
        ]
        for path in unchanged:
            del found.images[path]
        report_unusable(found, as_json)
        if unchanged:
            ERR.print(f"{format_count(len(unchanged), 'unchanged image')} skipped")
        if not found.images:
            ERR.print("[green]✓[/] Nothing to upload")
            return Exit.FAILED if found.rejected else 0
        if dry_run:
            return preview_upload(found, as_json)

        def add(result: UploadResult) -> None:
            path = Path(str(result.source))
            if result.outcome is not UploadOutcome.FAILED:
                index.add(_relative(path, folder), versions[path])

        try:
            return await upload_found(found, options, add)
        finally:
            index.save()

    run(work())


def _read_versions(found: FoundFiles) -> dict[Path, FileVersion]:
    """Return the version of each image before it is uploaded; one that vanished is left out."""
    versions: dict[Path, FileVersion] = {}
    for path in list(found.images):
        try:
            versions[path] = FileVersion.read(path)
        except FileNotFoundError:
            del found.images[path]
    return versions


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
