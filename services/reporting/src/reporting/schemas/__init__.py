"""What travels: rules, statements, reports."""
