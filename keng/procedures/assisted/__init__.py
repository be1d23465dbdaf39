"""Assisted mode: an officer files for a person at the counter or at home, with their consent. The steps themselves are filing's."""
