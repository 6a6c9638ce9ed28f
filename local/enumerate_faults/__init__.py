"""Crash points: a story is told once without a fault, then again with one at every call it made.

`places` makes more than cloud calls break: functions being invoked, machines being started, calls to the outside.
`world` prepares the state before a story and puts it back; `stories` act as the outside does, which tries again;
`reading` gives what is left in the rows, under stable names; `checking` compares; `points` runs the lot.

    python -m local.enumerate_faults                                  everything, in two processes
    python -m local.enumerate_faults --story pay --at 23 --mode lost  one point, as a failure's line says
"""
