"""A resident asks for their data in a dossier to be corrected or erased; the office answers by the legal clocks, then acts."""
