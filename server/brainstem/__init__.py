"""The BrainSTEM server: a neuroscience lab's metadata, and the API that serves it."""

__version__ = "0.1.0"
