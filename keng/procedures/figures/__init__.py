"""How many dossiers came, by which way, and how they ended: for caseworkers and leaders, inside."""
