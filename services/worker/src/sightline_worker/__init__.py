"""The worker: has each uploaded picture recognised, and keeps what was seen."""
