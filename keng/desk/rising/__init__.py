"""What is late rises to the level above: as counts by office, never a report."""
