"""The local cloud: reads template.yaml and runs it in one process. A development emulator, never deployed."""
