"""Kill parts of the service without warning while people send inquiries, again and again; count.

``python -m tests.kills --help`` has the long forms; the test run does short ones. What was
acknowledged must be stored, whole and with its notifications, whatever the moment of the kill; what
was notified must have come to the mail server, and a second time only with the same key.
"""
