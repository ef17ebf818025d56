"""The printed report: what it says, and how it looks as DOCX and PDF."""
