"""What is particular about the pages of single models, one file each: see :mod:`brainstem.web.portal.faces`."""
