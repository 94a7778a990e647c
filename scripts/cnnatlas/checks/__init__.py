"""What is checked before anything trains, and needs torch or Typst: what planning can check, it has checked before."""
