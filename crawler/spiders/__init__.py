"""Which addresses are asked and what becomes of the answers; reading them is the parsers' work."""
