"""The worker where a platform wants to be answered.

`gunicorn -w 1 … modules.backend.worker_app:app`
"""

from modules.backend.api.host import host
from modules.backend.tasks.queue import settings
from modules.backend.tasks.receiving import receiving

app = host(settings.app, receiving)
