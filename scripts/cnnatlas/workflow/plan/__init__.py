"""Which files a configuration leads to, and what each job is given. No torch: every Snakemake process plans."""
