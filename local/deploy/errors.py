"""What stops a deployment: always with the logical id, so that the place in template.yaml is found at once."""


class DeployError(Exception):
    """`where` is a logical id, a condition or an output of the template; `what` says what to do about it."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
