"""The local cloud's two doors: the HTTP API with what hangs on it, and the S3 endpoint."""
