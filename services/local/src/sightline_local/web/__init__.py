"""The web application on a laptop: its files, its settings, and the API at the same address."""
