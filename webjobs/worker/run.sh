#!/bin/bash
# A continuous WebJob: zipped as it is here, it lies in App_Data/jobs/continuous/worker.
set -euo pipefail

# With a compressed build the platform unpacks the application elsewhere and says where.
cd "${APP_PATH:-/home/site/wwwroot}"
if [ -f antenv/bin/activate ]; then
  source antenv/bin/activate
fi

# In this shell's place: the platform's signal must reach it.
exec python -m taskiq worker modules.backend.tasks.broker:broker
