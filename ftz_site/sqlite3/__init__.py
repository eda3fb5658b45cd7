"""Django's SQLite backend with the real limit of query parameters (decision 0006) and faster
extraction of years and months."""
