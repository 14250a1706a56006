"""What the server counts about itself, for ``/metrics``.

- ``labels``: what a request is called: model, verb, status class and portal, of which there are few
- ``layout``: where each number is kept; ``board``: the numbers of all workers, in memory that they share
- ``counting``: one request that was answered
- ``exposition``: the numbers as text; ``views``: who may read it
"""
