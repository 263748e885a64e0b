"""The arithmetic under the modalities: arrays in, arrays out."""
