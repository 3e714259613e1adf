"""The gateway: tokens, upload tickets, reads and deletion. It never touches a pixel."""
