"""Letters of other alphabets that are drawn like Latin ones.

Written down from the code charts by looking at the shapes. Two kinds: letters of living
alphabets, which count as Latin only among Latin letters (or whole languages would
turn into noise), and signs that nobody writes prose in, which always count as Latin.
"""

# Each row: the Latin letter, then what is drawn like it in Greek, Cyrillic, Armenian
# and Cherokee, upper case and lower case.
AMONG_LATIN: dict[str, str] = {
    "a": "Αα\u0410а\u13aaӐ",
    "b": "ΒВвЬьᏴᏏЪъ",
    "c": "ϹϲСсᏟ",
    "d": "ԀԁᎠժ",
    "e": "ΕεЕеЄєᎬҽҾ",
    "f": "Ϝϝք",
    "g": "ԌԍᏀց",
    "h": "ΗНнҺһᎻհ",
    "i": "ΙιІіᎥӀӏ",
    "j": "ЈјᎫյ",
    "k": "ΚκКкᏦ",
    "l": "ᏞԼ",
    "m": "ΜМмᎷ",
    "n": "ΝηИиᏁոռ",
    "o": "ΟοσОоՕօ",
    "p": "ΡρРрᏢ",
    "q": "ԚԛգԳ",
    "r": "ГгᎡᏒ",
    "s": "ЅѕՏᏚ",
    "t": "ΤτТтᎢ",
    "u": "υՍսЦцμ",
    "v": "νѴѵᏙ",
    "w": "ωԜԝШшᎳա",
    "x": "ΧχХх",
    "y": "ΥУуγҮүᎩ",
    "z": "ΖζᏃ",
}

# Phonetic letters, small capitals, turned letters.
ALWAYS_LATIN: dict[str, str] = {
    "a": "ɑɐᴀ",
    "b": "ʙɓƀ",
    "c": "ᴄɔɕ",
    "d": "ᴅɖɗđ",
    "e": "ᴇǝəɘɛ",
    "f": "ꜰƒ",
    "g": "ɡɢɠ",
    "h": "ʜɦħɥ",
    "i": "ıɪɩɨ",
    "j": "ᴊȷʝ",
    "k": "ᴋʞ",
    "l": "ʟłɫɭ",
    "m": "ᴍɯɱ",
    "n": "ɴɲɳŋ",
    "o": "ᴏøɵ",
    "p": "ᴘ",
    "q": "ꞯʠ",
    "r": "ʀɹɾɽ",
    "s": "ꜱʂ",
    "t": "ᴛʇŧ",
    "u": "ᴜʊ",
    "v": "ᴠʌʋ",
    "w": "ᴡʍ",
    "x": "ꭓ",
    "y": "ʏʎ",
    "z": "ᴢʐƶ",
}

# Letters in circles and squares that compatibility forms leave alone: first of each run.
ALPHABETS_OF_SIGNS: tuple[int, ...] = (0x1F150, 0x1F170)

LEET: dict[str, str] = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "l",
}
"""Digits and signs that stand for a letter between letters."""

MASKS = "*#"
"""Signs that stand for a letter left out between letters."""
