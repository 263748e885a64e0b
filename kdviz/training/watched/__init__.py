"""The second task: what a watch is made of, its views and teachers, its loop, its scores and their controls."""
