"""The asyncio client. `make clients` generates the blocking client from it."""
