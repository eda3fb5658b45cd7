"""Django's backend for SQLite, told how many parameters a query may have (decision 0006), and
how to take a year out of a day by itself."""
