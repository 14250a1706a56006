"""The HTTP front: what stands between the network and the application.

One event loop reads requests whole, and sends answers, without taking a thread, so that whoever sends or reads slowly
costs a connection and nothing else. The application, which is synchronous, runs in threads.

- ``limits``: how much, how long; from the settings
- ``connection``: one connection, its deadlines, and one request after the other
- ``request``, ``bodies``: what was read, and where a body waits until it is whole
- ``unread``: where an answer waits until it is read
- ``exchange``: the application at work on one request, in a thread
- ``pools``, ``slots``: threads, and how many streams there may be
- ``lanes``: which threads a request gets
- ``crowd``: all connections, and who has to leave when there are too many
- ``memory``: what was freed goes back to the system
- ``front``: these together; ``worker``: a process of it; ``supervisor``: keeps processes running
"""
