"""Background work: the queue's runner and the thread that hosts it."""
