"""What people send us as bytes, under the name that the customer's door has always used; the rules are models.files."""

from models.files import IMAGES, NotMedia, Stored, keep, kind_of

__all__ = ["IMAGES", "NotMedia", "Stored", "keep", "kind_of"]
