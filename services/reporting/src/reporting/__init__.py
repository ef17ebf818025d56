"""Periods, figures, checks, seals and documents of the quarterly control report."""
