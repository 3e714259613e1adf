"""The operations command line: inspects a stack from outside its services and repairs it."""
