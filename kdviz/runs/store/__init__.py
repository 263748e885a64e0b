"""What lies on disk: runs, teachers' and students' weights, data sets, encoded views, the trash."""
