"""The register to programs: the same nouns, the same questions, the same rules as its pages."""
