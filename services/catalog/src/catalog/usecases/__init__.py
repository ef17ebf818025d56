"""The stories of the catalogue: order and permission, no SQL, no HTTP."""
