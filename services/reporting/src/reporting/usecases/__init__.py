"""What the service does, one function per act."""
