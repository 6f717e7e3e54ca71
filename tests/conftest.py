"""What holds for every test: a property is not wrong because the machine is busy, so no example has a deadline."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
