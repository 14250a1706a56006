"""Personal attributes: what people and groups own and share, each with roles of its own."""
