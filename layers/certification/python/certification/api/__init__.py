"""The JSON API of candidates and staff: it parses, asks who is calling, calls an act, and answers with what is there now.

`bodies` is what comes in, `answers` what goes out; `account`, `profile` and `applications` are the candidates' routes,
`cases` and `sittings` the staff's. docs/openapi.json is made from them (`python -m local.openapi`).
"""
