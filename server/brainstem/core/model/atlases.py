"""Brain atlases whose regions records may refer to."""

ATLASES = [
    ("AIA", "Allen Mouse Brain Atlas"),
    ("AIA_dM", "Allen Developing Mouse Brain Atlas"),
    ("AIA_HB", "Allen Human Brain Atlas"),
    ("AIA_dHB", "Allen Developing Human Brain Atlas"),
    ("AIA_P", "Allen Non-Human Primate Brain Atlas"),
    ("AIA_S", "Allen Spinal Column Atlas"),
    ("BM4", "Brain Maps 4.0 - Rat brain Atlas"),
    ("PF2001", "Paxinos & Franklin 2001 Mouse Brain Atlas"),
    ("PW1997", "Paxinos & Watson 1997 Rat Brain Atlas"),
    ("S2004", "Swanson 2004 Rat Brain Atlas"),
]
