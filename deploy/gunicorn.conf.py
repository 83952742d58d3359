# ruff: noqa: INP001 - a configuration file, not a module of a package
"""Web server: one synchronous process for each core, the application loaded once before the fork.

More processes than cores only add waiting; a proxy in front keeps the connections to browsers.
"""

import os

workers = int(os.environ.get("WEB_PROCESSES", "0")) or os.cpu_count() or 1
worker_class = "sync"
preload_app = True
timeout = 30
graceful_timeout = 8
max_requests = 20_000  # a process that has grown is replaced now and then
max_requests_jitter = 2_000
backlog = 256  # a queue that is longer than patience only hides the overload
control_socket_disable = True
logconfig_dict = {  # its own words in the same JSON lines as the site's; requests the site logs
    "formatters": {"json": {"()": "civic.reporting.QuietFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "ERROR", "propagate": False},
    },
}
