"""Django's backend for SQLite, told how many parameters a query may have; see decision 0006."""
