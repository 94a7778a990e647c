"""How the study is run: what is planned, what each job depends on, and how two runs compare."""
