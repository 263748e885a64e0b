"""What happens in the trainer's process: a run is brought to its end and recorded."""
