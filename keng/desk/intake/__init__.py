"""Reports that an officer enters for somebody who came, called or wrote."""

from keng.desk.intake.telling import untold

__all__ = ["untold"]
