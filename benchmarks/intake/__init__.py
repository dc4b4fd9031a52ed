"""Reading what offices send: how fast, how heavy, how right."""
