"""What any student is held against and needs no network: the recording's discord."""
