"""What becomes of an application: its states, who works on it, until when, what it leaves.

Everybody changes a dossier through `keng.procedures.dossiers.services`.
"""
