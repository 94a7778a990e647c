"""Whether attribution maps can be trusted: localisation, faithfulness, randomisation."""
