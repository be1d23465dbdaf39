"""The resident's own page: their dossiers, what they were told, their papers and consents, and who looked at their data."""
