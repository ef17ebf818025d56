"""The desk's paper forms: what they say, and how they are set in type."""
