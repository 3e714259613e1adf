"""The local web server: static files, browser settings and a proxy to the API, on one origin."""
