"""What several test files share: places, pictures, a simulated camera, browsers, faulty hosts."""
