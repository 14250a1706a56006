"""Personal attributes: records that people and groups own and share, each with its own roles."""
