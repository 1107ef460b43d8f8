"""Arrays only, no physics: generators with a fixed pattern, linear solvers, eigenvalues."""
