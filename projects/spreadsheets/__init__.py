"""Rows to files and files to rows, in what offices use. Knows no model."""
