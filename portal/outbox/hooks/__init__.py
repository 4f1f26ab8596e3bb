"""Event hooks: what happened here, told to the firm's other systems after the Standard Webhooks form.

``event_types`` is the catalogue, ``events`` queues, ``sending`` delivers, ``receivers`` says to whom, ``signatures``
signs, ``operating`` is for operators. See docs/decisions/0040-what-the-firm-hears.md.
"""
