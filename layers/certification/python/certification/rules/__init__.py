"""The rules: pure questions and answers. Nothing here knows AWS, the clock or the environment."""
