"""What is posted: procedures by their sections and dated versions, and how they are written, imported and exported."""
