"""Papers: official forms made, photographed pages looked at, electronic signatures checked."""
