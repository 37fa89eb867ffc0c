"""Built weeks: time, proof and memory; the even week, solvers alone, and C beside."""
