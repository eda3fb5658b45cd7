"""The pages on which staff bring files in: upload, mapping, preview, and back."""
