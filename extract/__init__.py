"""Text in, `Claim` out. No network, no disk; does not know where papers come from."""

from extract.claim import METRICS, Claim, Device

__all__ = ["METRICS", "Claim", "Device"]
