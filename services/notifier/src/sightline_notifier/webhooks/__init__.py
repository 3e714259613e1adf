"""Webhooks: deliveries of events to the HTTP endpoints of their owner."""
