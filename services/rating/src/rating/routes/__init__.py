"""One module per desk: wire to keyword arguments and back."""
