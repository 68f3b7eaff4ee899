"""How products can be shown: what is usual, what fits, and what goes along with a wish."""

from stylestudio_desktop.domain import staging


def test_each_kind_has_its_usual_way() -> None:
    assert [staging.usual(kind) for kind in ("shoes", "dress", "top", "auto")] == [
        "standing",
        "hung",
        "laid",
        "laid",
    ]


def test_shoes_are_never_hung() -> None:
    assert not staging.fits("shoes", "hung")
    assert staging.fits("shoes", "plinth")
    assert staging.fits("top", "hung")


def test_only_what_was_chosen_goes_along() -> None:
    asked = [("arrangement", "hung"), ("backdrop", "style"), ("garment", "top")]
    assert staging.chosen(asked) == {"arrangement": "hung"}
