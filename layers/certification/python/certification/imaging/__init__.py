"""Photos and scans as people send them: opened with care, judged with reasons, and always written anew."""
