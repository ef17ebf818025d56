"""One file for each side of the product that is measured."""
