"""The outside world behind protocols: payment providers, registries, public randomness."""
