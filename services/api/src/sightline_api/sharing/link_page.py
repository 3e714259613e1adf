"""The page of a share link from which messages take a preview (Open Graph, https://ogp.me).

Messengers read its `meta` elements, and run no script. The viewer of the web application cannot
have them: it is one static page for all links. Browsers continue to it, on the same origin.
"""

from html import escape
from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from sightline.domain.albums import Album
from sightline.domain.share_links import ShareLink
from sightline.domain.summaries import ImageSummary
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageTable
from sightline_api.dependencies import Albums, Images, VisitorUrlSigner
from sightline_api.problems import SharedNotFound
from sightline_api.sharing.dependencies import LinkVisitors, Token, find_album, find_image
from sightline_api.sharing.shared_listing import SharedListing
from sightline_api.sharing.shared_schemas import SharedView
from sightline_api.sharing.visibility import is_visible
from sightline_api.urls.signer import Signer

#: Not part of the API: programs request the link itself.
router = APIRouter(prefix="/v1/shared/{token}/page", include_in_schema=False)

#: The refresh to the viewer is a navigation, which the policy does not restrict.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
}

#: Images at the start of an album among which the first visible one is shown.
MAX_CANDIDATES = 10

#: Title of what has none, is locked, or does not exist.
DEFAULT_TITLE = "Shared photos"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
{properties}
<meta http-equiv="refresh" content="0; url={viewer}">
</head>
<body>
<p><a href="{viewer}">{title}</a></p>
</body>
</html>
"""


class LinkPreview(NamedTuple):
    """What a message shows of a link; `image` has the URL, width and height."""

    title: str = DEFAULT_TITLE
    description: str | None = None
    image: tuple[str, int, int] | None = None


@router.get("")
async def show_link_page(
    token: Token, visitors: LinkVisitors, images: Images, albums: Albums, signer: VisitorUrlSigner
) -> HTMLResponse:
    """Return the page. It is no visit: the viewer counts one.

    The page of a link with a password, or of one that is not found, shows nothing but the default
    title.
    """
    try:
        link = await visitors.find(token)
        preview = LinkPreview() if link.password else await _preview(link, images, albums, signer)
    except SharedNotFound:
        return _render(token, LinkPreview(), status=404)
    return _render(token, preview)


async def _preview(
    link: ShareLink, images: ImageTable, albums: AlbumTable, signer: Signer
) -> LinkPreview:
    """Return the title and the image that visitors see first. Raises `SharedNotFound`."""
    album = await find_album(link, albums)
    if album is None:
        image = await find_image(link, link.image_id or "", images)
        view = SharedView.of(link, image)
        shown: ImageSummary | None = image.summary
    else:
        view = SharedView.of(link, album)
        shown = await _find_cover(link, album, images, albums)
    title = view.title or DEFAULT_TITLE
    rendition = shown.renditions.preview if shown else None
    if rendition is None:
        return LinkPreview(title, view.description)
    (url,) = await signer.sign_renditions([rendition.key])
    return LinkPreview(title, view.description, (url, rendition.width, rendition.height))


async def _find_cover(
    link: ShareLink, album: Album, images: ImageTable, albums: AlbumTable
) -> ImageSummary | None:
    """Return the cover that the owner chose, or else the first visible image."""
    if album.cover_id is not None:
        for cover in await images.get_summaries(album.owner, [album.cover_id]):
            if is_visible(cover) and album.album_id in cover.albums:
                return cover
    page = await SharedListing(albums, images, album, link).page(MAX_CANDIDATES, None)
    return next(iter(page.images), None)


def _render(token: str, preview: LinkPreview, status: int = 200) -> HTMLResponse:
    page = _PAGE.format(
        title=escape(preview.title),
        properties="\n".join(_format_properties(preview)),
        viewer=escape(f"/s/{quote(token, safe='')}"),
    )
    return HTMLResponse(page, status, HEADERS)


def _format_properties(preview: LinkPreview) -> list[str]:
    properties = {
        "og:type": "website",
        "og:site_name": "Sightline",
        "og:title": preview.title,
    }
    if preview.description:
        properties["og:description"] = preview.description
    if preview.image:
        url, width, height = preview.image
        properties |= {
            "og:image": url,
            "og:image:width": str(width),
            "og:image:height": str(height),
            # Larger than the default of Twitter Cards, which others also read.
            "twitter:card": "summary_large_image",
        }
    return [
        f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items()
    ]
