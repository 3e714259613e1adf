"""The screens of the web application: every page, and the dialogs and menus that open on it.

`open_screens` opens one after the other without reloading the application.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from playwright.sync_api import Page, ViewportSize, expect

from web.conftest import WEB, file_payload

SOURCE = WEB / "src"

#: Size of the window in which screens are opened, CSS pixels.
WINDOW: ViewportSize = {"width": 1280, "height": 800}

#: Navigates within the application, as its links do.
NAVIGATE = (
    "(path) => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }"
)


@dataclass(frozen=True, slots=True)
class Tour:
    """A visit of the screens in one language. `content` maps names to ids and tokens."""

    page: Page
    texts: Mapping[str, str]
    content: Mapping[str, str]

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def click(self, text: str) -> None:
        """Click the first button with a text, by the key of the text."""
        self.page.get_by_role("button", name=self.texts[text], exact=True).first.click()

    def narrow(self, text: str) -> None:
        """Click a button that only narrow screens have."""
        self.page.set_viewport_size({"width": 390, "height": 800})
        self.click(text)

    def show_members(self) -> None:
        self.click("album.share")
        self.page.locator("dialog label", has_text=self.texts["members.invite"]).click()

    def select_photos(self) -> None:
        self.page.locator(".tile a").first.focus()
        self.press("x")

    def open_selection_menu(self) -> None:
        self.page.locator(".selection-bar .menu > button").click()

    def act_on_selection(self, text: str) -> None:
        """Click the action for one photo in the menu of the selection."""
        self.open_selection_menu()
        name = self.texts[f"{text}_one"].replace("{{count}}", "1")
        self.page.get_by_role("button", name=name, exact=True).click()

    def trash_selection(self) -> None:
        self.page.locator(".selection-bar > .danger").click()

    def search(self, words: str) -> None:
        self.page.locator(".search input").fill(words)

    def upload(self) -> None:
        self.press("u")
        self.page.locator("input[data-kind=files]").set_input_files(
            file_payload("a.jpg", b"no image")
        )


class Screen(NamedTuple):
    """A page, or what opens on the page before it."""

    name: str
    #: CSS selector of what is visible once the screen is complete.
    shows: str
    #: Path in the router and the path that is opened; both are empty for what opens on a page.
    route: str = ""
    path: str = ""
    open: Callable[[Tour], None] | None = None


def _page(name: str, route: str, shows: str, path: str = "") -> Screen:
    return Screen(name, shows, route, path or route)


def _on_page(name: str, shows: str, action: Callable[[Tour], None]) -> Screen:
    return Screen(name, shows, open=action)


DIALOG = "dialog[open] .dialog-body"
TILE = ".tile img.loaded, .tile img.fading-in"

SIGNED_OUT = (
    _page("sign-in", "/sign-in", ".auth-card form"),
    _page("sign-up", "/sign-up", ".auth-card form"),
    _page("forgot-password", "/forgot-password", ".auth-card form"),
    _page("sign-in-invitation", "/sign-in", ".auth-card form", "/invitations/{invitation}"),
    _page("public", "/s/:token/:image?", ".public-grid img", "/s/{link}"),
    _page("public-photo", "/s/:token/:image?", ".public-photo img", "/s/{link}/{photo}"),
    _page("public-password", "/s/:token/:image?", ".auth-card form", "/s/{locked_link}"),
    _page("public-gone", "/s/:token/:image?", ".empty-state", "/s/{link}x"),
    _page("design", "/design", ".specimens, main h1"),
)

SIGNED_IN = (
    _page("photos", "/", TILE),
    _on_page("photos-pages", ".more-pages", lambda tour: tour.click("nav.more")),
    _on_page(
        "photos-arrange", ".view-menu .popover input", lambda tour: tour.click("arrange.label")
    ),
    _on_page("photos-search", "[role=option]", lambda tour: tour.search("a")),
    _on_page("upload", DIALOG, lambda tour: tour.press("u")),
    _on_page("shortcuts", DIALOG, lambda tour: tour.press("?")),
    _on_page("filters", DIALOG, lambda tour: tour.narrow("filter.title")),
    _on_page("selection", ".selection-bar", lambda tour: tour.select_photos()),
    _on_page("selection-menu", ".selection-bar .popover", lambda tour: tour.open_selection_menu()),
    _on_page("selection-labels", DIALOG, lambda tour: tour.act_on_selection("bulk.labels")),
    _on_page("selection-dates", DIALOG, lambda tour: tour.act_on_selection("bulk.dates")),
    _on_page("selection-places", DIALOG, lambda tour: tour.act_on_selection("bulk.places")),
    _on_page("selection-analyze", DIALOG, lambda tour: tour.act_on_selection("bulk.analyze")),
    _on_page("selection-trash", DIALOG, lambda tour: tour.trash_selection()),
    _page("photos-filtered", "/", f".chips, {TILE}", "/?q=photo&not=Beach"),
    _page("photos-none", "/", ".empty-state", "/?text=doesnotoccur&label=Beach"),
    _page("photo", "/photos/:id", ".frame img.shown", "/photos/{photo}"),
    _on_page("photo-menu", ".viewer-toolbar .popover", lambda tour: tour.click("photo.more")),
    _on_page("photo-share", DIALOG, lambda tour: tour.click("photo.share")),
    _on_page("photo-details", ".details-panel .details-section", lambda tour: tour.press("i")),
    _on_page("photo-title", ".details-panel textarea", lambda tour: tour.click("photo.edit")),
    _on_page("photo-date", ".date-editor", lambda tour: tour.click("capture.correct")),
    _on_page("photo-place", ".place-editor .map-base", lambda tour: tour.click("place.correct")),
    _page("albums", "/albums", ".album-grid li"),
    _on_page("albums-new", DIALOG, lambda tour: tour.click("album.new")),
    _page("album", "/albums/:album", TILE, "/albums/{album}"),
    _on_page("album-share", DIALOG, lambda tour: tour.click("album.share")),
    _on_page("album-members", ".member-list li", lambda tour: tour.show_members()),
    _on_page("album-rename", DIALOG, lambda tour: tour.click("album.rename")),
    _on_page("album-delete", DIALOG, lambda tour: tour.click("album.delete")),
    _page(
        "album-arrange", "/albums/:album/arrange", ".arrange-grid img", "/albums/{album}/arrange"
    ),
    _page(
        "album-photo",
        "/albums/:album/photos/:id",
        ".frame img.shown",
        "/albums/{album}/photos/{photo}",
    ),
    _page("album-empty", "/albums/:album", ".empty-state", "/albums/{empty_album}"),
    _page(
        "shared-album", "/shared-albums/:album", ".public-grid img", "/shared-albums/{shared_album}"
    ),
    _page(
        "shared-album-photo",
        "/shared-albums/:album/photos/:image",
        ".public-photo img",
        "/shared-albums/{shared_album}/photos/{shared_photo}",
    ),
    _page("favorites", "/favorites", TILE),
    _page("favorite", "/favorites/photos/:id", ".frame img.shown", "/favorites/photos/{photo}"),
    _page("archive", "/archive", TILE),
    _page("archived", "/archive/photos/:id", ".frame img.shown", "/archive/photos/{archived}"),
    _page("map", "/map", ".place"),
    _page("shared", "/shared", ".share-item"),
    _on_page(
        "shared-change",
        DIALOG,
        lambda tour: tour.page.locator(".share-buttons button").first.click(),
    ),
    _on_page(
        "shared-revoke",
        DIALOG,
        lambda tour: tour.page.locator(".share-buttons button").last.click(),
    ),
    _page("duplicates", "/duplicates", ".empty-state"),
    _on_page(
        "duplicates-found", ".duplicate-tile img", lambda tour: tour.click("nearDuplicates.start")
    ),
    _page("trash", "/trash", ".trash-grid img"),
    _on_page("trash-selected", ".trash-bar p", lambda tour: tour.click("trash.selectAll")),
    _on_page("trash-empty", DIALOG, lambda tour: tour.click("trash.empty")),
    _page("usage", "/usage", ".chart"),
    _page("settings-account", "/settings/:section?", "main section", "/settings/account"),
    _on_page("settings-two-step", f"{DIALOG} svg", lambda tour: tour.click("mfa.setUp")),
    _on_page("settings-delete", DIALOG, lambda tour: tour.click("account.delete")),
    _page("settings-appearance", "/settings/:section?", "main select", "/settings/appearance"),
    _page("settings-notifications", "/settings/:section?", "main form", "/settings/notifications"),
    _page("settings-api-keys", "/settings/:section?", "main section li", "/settings/api-keys"),
    _on_page("settings-api-keys-new", DIALOG, lambda tour: tour.click("apiKeys.create")),
    _page("settings-webhooks", "/settings/:section?", ".endpoint-url", "/settings/webhooks"),
    _on_page("settings-webhooks-new", DIALOG, lambda tour: tour.click("webhooks.create")),
    _on_page("settings-webhooks-delete", DIALOG, lambda tour: tour.click("webhooks.delete")),
    _page("account", "/account", "main section"),
    _page("invitation", "/invitations/:token", "main h1", "/invitations/{invitation}"),
    _page("share-target", "/share", ".empty-state"),
    _page("not-found", "", ".empty-state", "/nowhere"),
    _on_page("uploads", ".upload-panel .upload", lambda tour: tour.upload()),
)

#: What a user without photos sees.
EMPTY = (
    *(
        _page(f"empty-{path[1:] or 'photos'}", path, ".empty-state")
        for path in ("/", "/albums", "/favorites", "/archive", "/map", "/shared", "/trash")
    ),
    _page("empty-usage", "/usage", "main .stats"),
    _page("empty-api-keys", "/settings/:section?", "main section", "/settings/api-keys"),
    _page("empty-webhooks", "/settings/:section?", ".empty-state", "/settings/webhooks"),
)

ROUTES = {screen.route for screen in (*SIGNED_OUT, *SIGNED_IN) if screen.route}

SETTINGS = {screen.path for screen in SIGNED_IN if screen.path.startswith("/settings/")}


def find_routes() -> set[str]:
    """Return the paths of all routes in the source of the application."""
    sources = (SOURCE / "App.tsx", SOURCE / "account" / "SignedOutPages.tsx")
    return {
        route
        for source in sources
        for route in re.findall(r'<Route(?: key="[^"]*")? path="([^"]+)"', source.read_text())
    }


def find_settings() -> set[str]:
    """Return the paths of all sections of the settings."""
    source = (SOURCE / "settings" / "SettingsPage.tsx").read_text()
    slugs = source.partition("SLUGS")[2].partition("}")[0]
    return {f"/settings/{slug}" for slug in re.findall(r': "([^"]+)"', slugs)}


def read_texts(language: str) -> dict[str, str]:
    """Return the texts of the application in a language, by key."""
    folder = SOURCE / "i18n" / "locales"
    texts: dict[str, str] = {}

    def add(prefix: str, branch: Mapping[str, Any]) -> None:
        for key, value in branch.items():
            if isinstance(value, str):
                texts[prefix + key] = value
            else:
                add(f"{prefix}{key}.", value)

    for path in (folder / f"{language}.json", folder / "pages" / f"{language}.json"):
        add("", json.loads(path.read_text()))
    return texts


def open_screens(tour: Tour, screens: tuple[Screen, ...]) -> Iterator[Screen]:
    """Open one screen after the other; yields each when it is complete, and closes it."""
    page = tour.page
    for screen in screens:
        page.set_viewport_size(WINDOW)
        if screen.path:
            path = screen.path.format(**{key: quote(value) for key, value in tour.content.items()})
            page.evaluate(NAVIGATE, path)
        if screen.open:
            screen.open(tour)
        expect(page.locator(screen.shows).first).to_be_visible()
        yield screen
        close(page)


def close(page: Page) -> None:
    """Close the dialog or the menu that is open."""
    if page.locator("dialog[open], .popover, .more-pages, [role=listbox]:not([hidden])").count():
        page.keyboard.press("Escape")
