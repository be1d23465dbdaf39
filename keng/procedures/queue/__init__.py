"""The officers' desk for dossiers: the queue, a dossier's page, the counter's wall. Of residents it shows nothing without a purpose."""
