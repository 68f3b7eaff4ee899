"""Whatever a service or the network does, a job ends in a sentence and its tokens are right."""
