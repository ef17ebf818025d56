"""What the catalogue answers over HTTP, one file per desk."""
