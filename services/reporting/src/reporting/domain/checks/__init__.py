"""Checks of stated figures: against arithmetic, against the law's words, against records."""
