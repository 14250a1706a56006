"""The page on which people and groups get roles on a record, are invited and removed."""
