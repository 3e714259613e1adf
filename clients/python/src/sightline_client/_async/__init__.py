"""The client for asyncio. The blocking one is made of it by `make clients`."""
