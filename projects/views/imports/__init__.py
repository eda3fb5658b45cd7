"""The pages on which staff import files: upload, mapping, preview and undo."""
