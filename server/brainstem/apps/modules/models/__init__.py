"""What is done to subjects and in sessions, and with which equipment and consumables."""
