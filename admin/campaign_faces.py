"""What a campaign means at this moment: the words as a customer reads them, and to how many they would go."""

from sqlalchemy.orm import Session

from admin import audience_form, place
from admin.words import lang, t
from models import Campaign
from models.db import reading
from models.desk.delivery import terms
from models.desk.marketing import campaigns, reach
from models.desk.marketing.audience import BadAudience

#: Everybody is looked at, whatever it costs.
EVERYBODY = 1_000_000


def house() -> terms.House:
    """What holds for every message of this house."""
    return terms.House(quiet=place.desk().settings.quiet_times)


def count(campaign: Campaign, most: int) -> reach.Preview | None:
    """What would happen now, read without keeping writers waiting; None while the audience says nothing.

    The request's session forgets what it has read: ask for rows afterwards.
    """
    whole = audience_form.complete(campaign.audience)
    engine = place.session().get_bind()
    place.session().rollback()
    plan = {name: getattr(campaign, name) for name in ("kind", "mass", "body_en", "ends_at")}
    draft = Campaign(audience=whole, **plan)
    draft.id = campaign.id
    with Session(reading(engine)) as session:
        try:
            return reach.preview(session, draft, house(), now=place.now(), most=most)
        except BadAudience:
            return None


def words(campaign: Campaign) -> str:
    """What a customer of the reader's language will read; empty while there are no words."""
    if not campaign.body:
        return ""
    letter = campaigns.letter(campaign, lang(), t("campaign.example_name"))
    try:
        return place.desk().texts.render(letter.text_key, letter.facts, lang())
    except ValueError:  # an address that cannot be linked: the check says so in words
        return campaign.words(lang())
