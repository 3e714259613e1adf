"""The operator's tool: looks at a stack from outside its services, and mends what they cannot."""
