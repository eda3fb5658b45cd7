"""Read and write CSV, XLSX, XLS, ODS and JSON. Does not know the models."""
