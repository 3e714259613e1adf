"""The error that ends a command of the local stack."""


class StackError(Exception):
    """The stack cannot run; the one-line message gives the reason and the remedy."""
