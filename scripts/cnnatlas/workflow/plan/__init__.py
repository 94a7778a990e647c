"""Which files a configuration leads to, what each job reads and is told. No torch: every Snakemake process plans."""
