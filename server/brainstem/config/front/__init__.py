"""The HTTP front, between the network and the application.

One event loop reads complete requests and sends responses without occupying a thread, so that slow senders and readers
cost a connection and nothing else. The application, which is synchronous, runs in threads.

- ``limits``: sizes, counts and timeouts, from the settings
- ``connection``: one connection, its deadlines, and its requests one after the other
- ``request``, ``bodies``: the request as read, and where its body is kept until complete
- ``unread``: where an answer waits until it is read
- ``exchange``: the application handling one request in a thread
- ``pools``, ``slots``: threads, and the number of streams
- ``lanes``: which threads a request gets, and how many those who are signed in; ``admission``: hands requests to them
- ``crowd``: all connections, and which ones to drop when there are too many
- ``memory``: what was freed goes back to the system; ``pressure``: what is refused when little is left
- ``front``: all of these together; ``worker``: one process; ``supervisor``: keeps processes running
- ``inherited``: a socket that systemd opened
"""
