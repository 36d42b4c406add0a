"""Training of the learned parts of extraction. Not needed to extract."""
