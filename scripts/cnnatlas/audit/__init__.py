"""The audit of a data set: what it holds, what it holds twice, and which labels are doubtful."""
