"""What people add to runs: notes, pictures, marks by hand; consent; name and logo."""
