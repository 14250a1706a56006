"""People: accounts, groups, laboratories, and the ways in."""
