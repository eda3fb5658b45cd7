"""The REST API, with the same models, filters and rules as the pages."""
