"""Run Sightline locally: AWS emulators, provisioning, the process supervisor and the demo."""
