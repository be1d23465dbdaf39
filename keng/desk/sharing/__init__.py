"""Who works on what: assignment, hand-over, absences. Nothing sealed is touched here."""
