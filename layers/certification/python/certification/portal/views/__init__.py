"""What pages show: acts are called here, and their records turned into plain values ready to print.

A page function knows no table and no act's record; when an act changes, one module here changes with it.
"""
