"""Units, crontab, log rotation and shares of an example machine; `vinbatch operations` fills them in."""
