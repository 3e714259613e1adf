"""What two or more of Sightline's services share: the domain, its ports and their adapters."""
