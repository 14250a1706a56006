"""People: accounts, groups, laboratories and ways of signing in."""
