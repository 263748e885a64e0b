"""The arithmetic under the modalities: arrays in, arrays out; no plug-in lives here."""
