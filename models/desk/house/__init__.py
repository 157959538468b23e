"""Houses while they are built: phases, photos of the site, buildings and their handover."""
