"""Notifications of changed images and albums."""
