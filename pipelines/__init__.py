"""When and with what it runs: definitions, jobs, schedules, sensors, batches, resources, command line."""
