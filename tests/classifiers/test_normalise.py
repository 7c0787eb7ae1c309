"""What the classifiers read when they are given a text."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifiers.text.normalise import normal_form, normalise

# Any code point at all, and the ones that the passes are about far more often.
hostile = st.text(
    st.one_of(
        st.characters(codec=None, exclude_categories=()),
        st.sampled_from(
            "aAeoOsSt0134578@$!|*#&;.'- \u200b\u0301\u00adИсοКß한ᄒ\u1161ﬁ😀🏽"
        ),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Hello,  World", "hello,  world"),
        # Other forms of the same letters.
        ("ＦＵＬＬ 𝓈𝒸𝓇𝒾𝓅𝓉 ⓡⓘⓝⓖ 🅱🅾🆇", "full script ring box"),
        ("Ærøskøbing Straße ﬁn", "ærøskøbing strasse fin".replace("ø", "o")),
        ("İstanbul'da ılık", "istanbul'da ilik"),
        # What cannot be seen.
        ("in\u200bvis\u00adi\u2060ble", "invisible"),
        ("z\u0335a\u0336l\u0489go", "zal\u0489go"),
        # Other alphabets inside Latin words, and among them.
        ("pаypаl", "paypal"),
        ("free ѕех here", "free sex here"),
        # A capital may be drawn like another letter than its small one.
        ("ΝEVER reνeal", "never reveal"),
        # Digits and signs for letters.
        ("1d10t f4ke b!tch a$$", "idiot fake bitch ass"),
        ("$tupid 5tupid", "stupid stupid"),
        # Letters left out keep their place.
        ("f**k sh*t", "f**k sh*t"),
        # Spelled out.
        ("w.o.r.d w-o-r-d w_o_r_d", "word word word"),
        ("y-o-u a.r.e", "you are"),
        ("s p a m", "spam"),
        # Stretched.
        ("noooo waaaay stuuuupid", "noo way stupid"),
        ("www KKKKKK", "www kkk"),
        # Entities, however deep.
        ("&lt;b&gt; &#105;t &#x69;t", "<b> it it"),
        ("&amp;amp;amp;#105;t", "it"),
        ("&am&#112;;#105;t", "it"),
        ("AT&T; &nosuch; &", "at+t; +nosuch; +"),
        # Numbers from three digits on are all the same.
        ("1999 and 42", "9999 and 42"),
        # Hangul typed as single jamo.
        (unicodedata.normalize("NFD", "값 한국어"), "값 한국어"),
        ("", ""),
    ],
)
def test_it_reads_through_the_way_a_text_is_written(typed: str, read: str) -> None:
    assert normal_form(typed) == read


@pytest.mark.parametrize(
    "innocent",
    [
        # Places and people whose names hold other words.
        "scunthorpe, penistone and cockermouth",
        "ms dikshit and mr butt met in pakistan",
        # Whole words of other alphabets stay what they are.
        "вова хочет сок, рано утром",
        "το παιδι και η θαλασσα",
        "мама мыла раму",
        "հայերեն այբուբեն",
        # Chemistry, code, measures, models of things.
        "h2so4 and c6h12o6",
        "for (i = 0; i < n; i++) sum += a[i];",
        "utf8 mp3 b2b x86 4k 3d 2x4",
        "at 10 am on the 21st",
        "see example.com, v2.0",
        # Hindi, Thai, Chinese, Korean.
        "नमस्ते दुनिया",
        "สวัสดีชาวโลก",
        "你好 世界",
        "안녕하세요 여러분",
        # Two initials are no spelled-out word; neither are letters with full stops and blanks.
        "j. r. r. tolkien",
        "e.g. this",
        "cool book, good food, see wood",
    ],
)
def test_innocent_text_stays_as_it_is(innocent: str) -> None:
    assert normal_form(innocent) == innocent


@settings(deadline=None, max_examples=400)
@given(hostile)
@example("Aᾀ")
@example("рᾀ paypal ㎂")
def test_normalising_twice_is_the_same_as_once(text: str) -> None:
    once = normal_form(text)
    assert normal_form(once) == once


@settings(deadline=None)
@given(st.lists(hostile, min_size=1, max_size=5))
def test_a_text_reads_the_same_alone_and_in_a_batch(texts: list[str]) -> None:
    batch = normalise(texts)
    for i, text in enumerate(texts):
        alone = normalise([text])
        begin, end = batch.bounds[i], batch.bounds[i + 1]
        assert batch.codes[begin:end].tolist() == alone.codes.tolist()
        assert batch.kind[begin:end].tolist() == alone.kind.tolist()
        assert batch.origin[begin:end].tolist() == alone.origin.tolist()


@settings(deadline=None)
@given(hostile)
def test_every_letter_knows_where_it_came_from(text: str) -> None:
    origin = normalise([text]).origin.tolist()
    assert origin == sorted(origin)
    assert origin[0] == -1
    assert origin[-1] == len(text)
