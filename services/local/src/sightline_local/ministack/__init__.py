"""MiniStack as a server that keeps its data; it runs in MiniStack's own virtual environment."""
