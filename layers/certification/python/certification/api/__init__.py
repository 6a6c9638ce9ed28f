"""The JSON API: routers of candidates' and staff's doors, their bodies and answers. It parses, calls an act, answers."""
