"""Mail by SMTP."""

from keng.notify.channels import Channel
from keng.notify.email.smtp import open_session, ready

channel = Channel(ready=ready, open=open_session)
