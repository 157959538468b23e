"""Messages of two matters, made of two labelled texts, for training alone."""

from bot.understanding import labelled, paired

EMERGENCY = labelled.parse("repair\tcategory=水 urgent\t.\t厨房水管爆了，水止不住。")
DRIP = labelled.parse("repair\tcategory=五金\t.\t衣柜合页松了一颗")
QUESTION = labelled.parse("enquiry_showroom\t.\t.\t你们展厅几点开门")
GRIEVANCE = labelled.parse("complaint\ttarget=监理\t.\t监理一次都没来过")


def test_a_made_message_says_both_matters_and_either_may_lead():
    made = paired.joined(EMERGENCY, QUESTION, "，还有")
    assert made.text == "厨房水管爆了，水止不住，还有你们展厅几点开门"
    assert made.intents == made.either == ("repair", "enquiry_showroom")
    assert (made.urgent, made.category) == (True, ("水",))


def test_a_doubted_emergency_stays_doubted_beside_a_calm_matter():
    doubted = labelled.parse("repair\tcategory=水 urgent?\t.\t水管滴得有点快")
    assert paired.joined(doubted, QUESTION, "。").urgent is None
    assert paired.joined(doubted, EMERGENCY, "。").urgent is True


def test_two_grievances_leave_open_whom_they_are_about():
    other = labelled.parse("complaint\ttarget=客服\t.\t打了三天没人接")
    assert paired.joined(GRIEVANCE, other, "，").target == ()
    assert paired.joined(GRIEVANCE, DRIP, "，").target == ("监理",)


def test_the_same_texts_give_the_same_messages_and_only_of_what_fits():
    polite, english = labelled.parse("greeting\t.\t.\t你好你好呀"), labelled.parse("repair\t.\t.\tthe tap drips")
    answer = labelled.parse("satisfaction_reply\tscore=5\tsurvey_open\t师傅很好很满意")
    rows = [EMERGENCY, DRIP, QUESTION, GRIEVANCE] * 20 + [polite, english, answer] * 20
    made = paired.of(rows)
    assert made == paired.of(rows)
    assert {len(row.intents) for row in made} == {1, 2}
    assert not any("greeting" in row.intents or "drips" in row.text or "满意" in row.text for row in made)
    assert paired.of([polite] * 30) == []
