"""The HTTP surface, one file per desk."""
