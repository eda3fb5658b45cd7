"""Roles, sign-in with lockout and second factor, sessions, rate limits and the audit log.

Their pages are in `projects.views.accounts`.
"""
