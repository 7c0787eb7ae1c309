"""The tables, a module for each package. Integers stay inside; ``public_id`` is what travels. Times are UTC."""
