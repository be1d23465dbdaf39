"""Posters: printed in number, where they hang, which must be replaced, and how to find a false sticker."""
