"""What visitors and servers reach: the form, the API, threads, status, reports and appeals."""
