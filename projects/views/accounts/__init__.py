"""Pages for signing in and out, and of the user's own account."""
