"""What any student is held against: the recording's discord, the neighbour in the teacher's space, chance."""
