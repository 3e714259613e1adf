"""The blocking client, made of the one for asyncio by `make clients`."""
