"""Signing in and out, and what somebody's own account holds."""
