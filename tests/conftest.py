"""How thoroughly properties are tried: the profile that ``HYPOTHESIS_PROFILE`` names."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

# A history is built step by step, so its inputs are large and take their time; that is no fault.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("dev", max_examples=100, deadline=None, suppress_health_check=_SLOW)
settings.register_profile("ci", settings.get_profile("dev"), print_blob=True)
settings.register_profile("long", settings.get_profile("ci"), max_examples=2_000)
settings.register_profile("quick", settings.get_profile("dev"), max_examples=25, phases=[Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
