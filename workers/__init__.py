"""Where the service and the classifiers meet: RQ jobs and the processes that run them."""
