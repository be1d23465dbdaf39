"""Slips 01 to 07 of Circular 03/2025/TT-VPCP, and results on paper. Always in Vietnamese, whatever the reader's language."""
