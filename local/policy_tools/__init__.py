"""Tools that write files of this repository from other files or packages; tests compare what they write."""
