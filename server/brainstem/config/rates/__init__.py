"""How many requests, and how much work, a person, a token or an anonymous address may ask for in a minute.

- ``policies``: the limits, from the settings
- ``buckets``: what each caller has left, in memory that all workers share
- ``limiting``: the middleware that refuses a request with 429, and counts what it cost
"""
