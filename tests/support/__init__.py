"""Places, pictures, a simulated camera, browsers and faulty hosts that several test files share."""
