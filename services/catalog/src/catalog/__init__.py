"""The catalogue: agencies, procedures, publication, reviews and the working calendar."""
