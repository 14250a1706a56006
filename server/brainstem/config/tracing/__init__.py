"""OpenTelemetry traces, if the environment says where to send them.

- ``chosen``: whether the environment asks for traces, and whether it can be served
- ``requests``: the step that is a whole request
- ``spans``: steps as spans of OpenTelemetry; the only module that imports it, and only if traces are asked for
"""
