"""How far the maps of attribution methods can be trusted: localisation, faithfulness, dependence on the weights."""
