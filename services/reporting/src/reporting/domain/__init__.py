"""The law of reports, pure: periods, forms, formulas, checks, digests."""
