"""Imports from the exports of other photo services."""
