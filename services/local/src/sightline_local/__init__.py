"""Sightline on a laptop: the cloud's stand-ins, provisioning, and what starts and shows it all."""
