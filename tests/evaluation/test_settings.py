"""Every key in which two specs differ is told, with both values."""

from cnnatlas.evaluation import settings


def test_keys_are_dotted_in_their_order_and_say_where_one_side_has_none():
    a = {"epochs": 3, "normalise": False, "optimiser": {"name": "adam", "rate": 0.1}, "network": {"widths": [8, 16]}}
    b = {"epochs": 5, "normalise": True, "optimiser": {"name": "sgd", "rate": 0.1}}
    assert settings.differences(a, b) == [
        ("epochs", "3", "5"),
        ("network.widths", "[8, 16]", "not set"),
        ("normalise", "false", "true"),
        ("optimiser.name", "adam", "sgd"),
    ]
    assert settings.differences(a, a) == []
