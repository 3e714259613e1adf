"""Sightline on the command line."""
