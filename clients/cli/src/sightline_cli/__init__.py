"""The Sightline command line."""
