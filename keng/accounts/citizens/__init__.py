"""Citizens on their own face: signing in by e-identity, the session that follows, and what guards each page there."""
