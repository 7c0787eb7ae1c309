"""What the shipped models must never get wrong, whatever they were trained on."""

import pytest

from classifiers.attributes import Attribute
from classifiers.scoring import Scorer

INNOCENT = [
    # Places, people and dishes whose names hold other words.
    "We grew up in Scunthorpe and moved to Penistone, then to Cockermouth.",
    "Sheila Dikshit was Chief Minister of Delhi for fifteen years.",
    "Dick van Dyke and Matt Hancock both played in that film, I think.",
    "My grandmother made faggots in gravy, a dish from the Midlands, and spotted dick.",
    "The class assassinated the character of Cassandra in their essay on Essex.",
    "The analyst's assessment of the cockpit instruments took all day.",
    "A shiitake, a cucumber and some mushrooms, that is all you need.",
    # Other languages, in their own letters.
    "Işıl ışıl bir sabah, kedim pencerede uyuyor ve çay hazır.",
    "Σήμερα ο καιρός είναι καλός και πάμε για περίπατο στη θάλασσα.",
    "Сегодня хорошая погода, мы идём гулять в парк с детьми.",
    "Ich fahre morgen mit dem Zug nach Hause, die Fahrt dauert drei Stunden.",
    "Hier, nous avons visité le musée et mangé au bord du lac.",
    "O jogo foi ótimo e a cidade estava linda ontem à noite.",
    "今日はとても良い天気ですね。公園を散歩しました。",
    "오늘은 날씨가 좋아서 공원을 산책했습니다.",
    # Code, chemistry, numbers.
    "for (int i = 0; i < n; i++) { total += prices[i] * quantity; }",
    "Add 20 ml of H2SO4 to the CuSO4 solution and heat to 80 °C.",
    "SELECT name, count(*) FROM visits WHERE year = 2019 GROUP BY name;",
    "The 4K version needs 3x more memory than the MP3 and 1080p ones.",
    # Disagreement is no abuse.
    "I do not agree with the author: the figures for 2018 tell another story.",
]

KIND = [
    "I like Muslims.",
    "I really like my gay neighbours.",
    "Two lesbians run the bakery on our street, and their bread is wonderful.",
    "Jewish and Palestinian families live side by side here.",
    "As a black woman I was glad to read this.",
    "My best friend is trans and I am proud of her.",
]

# Threats against somebody who is only spoken of, and the same words at peace.
THREATS = [
    "Somebody ought to break his legs",
    "If I ever meet her I will smash her teeth in.",
    "We ought to throw them all off a bridge.",
    "Beat the crap out of him and leave him there.",
    "They should burn his house down while he sleeps.",
]
PEACEFUL = [
    "Somebody ought to fix his fence.",
    "He broke both his legs in the accident and is still in hospital.",
    "His house burned down last year and the whole street helped.",
    "I beat him at chess again last night.",
    "Someone should teach him how to use a baseball bat, he has talent.",
]
# Ordinary comments in languages that the training sets hold little or nothing of.
FOREIGN = [
    "Το νοσοκομείο της περιοχής μας έχει μόνο δύο γιατρούς, είναι απαράδεκτο.",
    "Ωραίες φωτογραφίες, ιδίως αυτή με το λιμάνι το βράδυ.",
    "Çok teşekkür ederim, bu bilgiler gezimde işime yaradı.",
    "Vergiler artıyor, maaşlar aynı kalıyor, asıl sorun bu.",
    "Můj děda vyprávěl o vesnici stejný příběh.",
    "Tudja valaki, hogy nyitva van-e a múzeum hétfőn?",
    "Grattis till laget, vilken andra halvlek!",
    "Якщо завтра знову дощ, матч мабуть перенесуть.",
    "לפני ארבע שנים הבטיחו בתי ספר חדשים ואנחנו עדיין מחכים.",
    "मेरे दादाजी गाँव की यही कहानी सुनाते थे।",
    "生地に少し蜂蜜を入れると柔らかくなります。",
]

# A known gap: the Arabic that training has is mostly about groups of people. Strict, so that
# a better model makes it go.
HELD = pytest.param(
    "مقال مثير للاهتمام لكن تنقصه أرقام عن أسعار الكهرباء.",
    marks=pytest.mark.xfail(strict=True, reason="a known gap"),
)

PRAISE = [
    "great post, thanks!",
    "Nice article.",
    "I really like what you wrote here, it helped me a lot.",
    "Thank you, this was very informative.",
    "Wow, what a lovely read this morning",
    "So glad that I found this page today.",
    "Well said.",
    "Hello from Ohio! I agree with everything you say.",
    "Keep up the good work",
    "Amazing!!!",
    "This was useful, thank you",
    "I had never thought of it that way before.",
]
SHOPS = [
    ("buy cheap viagra online", "http://cheap-viagra-pills-online.com/buy", None),
    ("Buy Cheap Pills Online", "https://cheap-pills.example/blue-pills", "a@b.example"),
    ("Canadian Pharmacy", "http://canadian-meds-24.net", "sales@gmail.com"),
    ("cialis 20mg", "http://cialis20.biz/", None),
    ("Online Drugstore", "https://drugstore-discount.com/pills", None),
    ("xanax without prescription", "http://xanax-rx.org", "info@xanax-rx.org"),
]
READERS: list[dict[str, object]] = [
    {},
    {"author": "Jonas"},
    {"author": "Jonas", "email": "jonas@gmail.com"},
    {"author": "Maria Lopez", "email": "maria.lopez@yahoo.com", "url": ""},
    {"author": "Tom", "email": "tom@gmail.com", "url": "http://tomsgarden.example"},
]


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_text_is_never_rejected(shipped: Scorer, text: str) -> None:
    [scores] = shipped.score([{"text": text}])
    for attribute, score in scores.items():
        assert score < shipped.default_thresholds[attribute]["reject_at"]


@pytest.mark.parametrize("text", INNOCENT + KIND)
def test_innocent_text_is_not_held_as_toxic(shipped: Scorer, text: str) -> None:
    [scores] = shipped.score([{"text": text}])
    for attribute in set(Attribute) - {Attribute.SPAM}:
        assert scores[attribute] < shipped.default_thresholds[attribute]["hold_at"]


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_text_is_not_rejected_as_spam(shipped: Scorer, text: str) -> None:
    [scores] = shipped.score([{"text": text, "author": "Maria"}])
    assert scores["SPAM"] < shipped.default_thresholds["SPAM"]["reject_at"]


@pytest.mark.parametrize("text", THREATS)
def test_a_threat_is_held_whoever_it_is_told(shipped: Scorer, text: str) -> None:
    [scores] = shipped.score([{"text": text}])
    assert any(
        scores[attribute] >= shipped.default_thresholds[attribute]["hold_at"]
        for attribute in ("TOXICITY", "THREAT")
    )


@pytest.mark.parametrize("text", PEACEFUL)
def test_the_words_of_threats_threaten_nobody_by_themselves(
    shipped: Scorer, text: str
) -> None:
    [scores] = shipped.score([{"text": text}])
    for attribute in ("TOXICITY", "THREAT"):
        assert scores[attribute] < shipped.default_thresholds[attribute]["hold_at"]


@pytest.mark.parametrize("text", [*FOREIGN, HELD])
def test_no_language_is_held_for_itself(shipped: Scorer, text: str) -> None:
    mailbox = {"author": "Reader", "email": "reader3@example.com"}
    for scores in shipped.score([{"text": text}, {"text": text, **mailbox}]):
        for attribute in Attribute:
            assert scores[attribute] < shipped.default_thresholds[attribute]["hold_at"]


@pytest.mark.parametrize(
    "website",
    ["http://tomsgarden.com", "https://tomsgarden.com/", "https://marianovak.cz/"],
)
@pytest.mark.parametrize("text", FOREIGN)
def test_a_website_and_another_language_are_not_held_together(
    shipped: Scorer, text: str, website: str
) -> None:
    [scores] = shipped.score([{"text": text, "author": "Maria", "url": website}])

    assert scores["SPAM"] < shipped.default_thresholds["SPAM"]["hold_at"]


@pytest.mark.parametrize("text", PRAISE)
def test_praise_from_a_reader_is_never_rejected(shipped: Scorer, text: str) -> None:
    for scores in shipped.score([{"text": text, **reader} for reader in READERS]):
        assert scores["SPAM"] < shipped.default_thresholds["SPAM"]["reject_at"]


@pytest.mark.parametrize(
    ("text", "name", "website", "email"),
    [(text, *shop) for text in PRAISE for shop in SHOPS],
)
def test_the_same_praise_from_a_pill_shop_is_rejected(
    shipped: Scorer, text: str, name: str, website: str, email: str | None
) -> None:
    shop = {"text": text, "author": name, "url": website, "email": email}

    [scores] = shipped.score([shop])

    assert scores["SPAM"] >= shipped.default_thresholds["SPAM"]["reject_at"]


@pytest.mark.parametrize(
    "text",
    [
        "You are a worthless idiot and everybody hates you.",
        "Y0u are a w0rthless 1d10t and everyb0dy h4tes you.",
        "You are a w.o.r.t.h.l.e.s.s i\u200bd\u200bi\u200bo\u200bt, shut the f*ck up",
    ],
)
def test_plain_abuse_is_held_disguised_or_not(shipped: Scorer, text: str) -> None:
    [scores] = shipped.score([{"text": text}])
    hold_at = shipped.default_thresholds["TOXICITY"]["hold_at"]
    assert scores["TOXICITY"] >= hold_at
    assert scores["INSULT"] >= shipped.default_thresholds["INSULT"]["hold_at"]


@pytest.mark.parametrize(
    "submission",
    [
        {
            "text": "great post, thanks!",
            "author": "buy cheap viagra online",
            "url": "http://cheap-viagra-pills-online.com/buy",
        },
        {"text": "Online casino bonus without deposit, best slots http://a.example"},
        {"text": "Hello webmaster, our seo services bring your site to page one."},
    ],
)
def test_promotion_is_not_taken_for_abuse(
    shipped: Scorer, submission: dict[str, object]
) -> None:
    [scores] = shipped.score([submission])

    assert scores["SPAM"] >= shipped.default_thresholds["SPAM"]["hold_at"]
    for attribute in set(Attribute) - {Attribute.SPAM}:
        assert scores[attribute] < shipped.default_thresholds[attribute]["hold_at"]
