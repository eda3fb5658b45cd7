"""The benchmark: what the register costs, measured in one run. `make bench`, ROWS sets the size."""
