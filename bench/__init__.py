"""The benchmark: `make bench`; ROWS sets the size of the register."""
