"""The frame of a page: its style, without scripts."""

from html import escape

STYLE = """\
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
.narrow { width: auto; }
th, td { padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; vertical-align: top; }
th { font-weight: 600; border-bottom: 1px solid #8888; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.error { color: #c62828; } @media (prefers-color-scheme: dark) { .error { color: #ff8a80; } }
.bar { width: 45%; } .bar svg { display: block; width: 100%; height: 1.2rem; }
.bar rect { fill: #1e88e5; } .bar .failed { fill: #c62828; }
summary { cursor: pointer; } dl { margin: 0.2rem 0 0.4rem 1rem; } dt { float: left; clear: left; }
dt::after { content: ":\\00a0"; } dd { margin: 0; overflow-wrap: anywhere; }
"""


def render_page(title: str, body: str, refresh_seconds: int | None = None) -> str:
    """Return a page with this body, which is HTML; it is loaded again after `refresh_seconds`."""
    refresh = f"<meta http-equiv=refresh content={refresh_seconds}>" if refresh_seconds else ""
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        f"<meta name=viewport content='width=device-width'>{refresh}<style>{STYLE}</style>"
        f"<h1>{escape(title)}</h1>{body}</html>"
    )
