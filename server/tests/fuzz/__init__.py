"""What nobody thought of: requests and inputs that are made up from descriptions, seeded, and bounded in number.

``make test`` runs the short form, ``make fuzz`` the long one.
"""
