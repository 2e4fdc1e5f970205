"""The words of the grammar, as tables with the forms of both languages in a row.

Every English lemma has one German lemma for each of its roles, so that the English
sentence decides the German one ("eat" is "essen" for people and "fressen" for animals:
two rows with different subjects).
"""

from seqkit.samples.english_german.words import (
    Adjective,
    Adverb,
    Noun,
    Preposition,
    Verb,
)
from seqkit.samples.tables import read_rows

# English singular and plural, gender, German singular, plural and, if it differs, the
# singular of the other cases | tags. "own": may be "my ..." ("mein Mann" would be a
# husband); "kin": mostly is. "-": no plural.
_NOUNS = """
man men m Mann Männer                   | person
woman women f Frau Frauen               | person
boy boys m Junge Jungen Jungen          | person
girl girls n Mädchen Mädchen            | person
child children n Kind Kinder            | person own
friend friends m Freund Freunde         | person own kin
teacher teachers m Lehrer Lehrer        | person own
doctor doctors m Arzt Ärzte             | person own
sister sisters f Schwester Schwestern   | person own kin
dog dogs m Hund Hunde                   | animal own
cat cats f Katze Katzen                 | animal own
horse horses n Pferd Pferde             | animal own
bird birds m Vogel Vögel                | animal own
cow cows f Kuh Kühe                     | animal own
apple apples m Apfel Äpfel              | food own
egg eggs n Ei Eier                      | food own
cake cakes m Kuchen Kuchen              | food own
sausage sausages f Wurst Würste         | food own
milk - f Milch -                        | drink own
water - n Wasser -                      | drink own
coffee - m Kaffee -                     | drink own
book books n Buch Bücher                | reading own
letter letters m Brief Briefe           | reading own
newspaper newspapers f Zeitung Zeitungen | reading own
ball balls m Ball Bälle                 | thing own
bag bags f Tasche Taschen               | thing own
coat coats m Mantel Mäntel              | thing own
flower flowers f Blume Blumen           | thing own
picture pictures n Bild Bilder          | thing own
car cars n Auto Autos                   | machine own
bicycle bicycles n Fahrrad Fahrräder    | machine own
door doors f Tür Türen                  | opening own
window windows n Fenster Fenster        | opening own
table tables m Tisch Tische             | furniture own
bed beds n Bett Betten                  | furniture own
garden gardens m Garten Gärten          | inside own
kitchen kitchens f Küche Küchen         | inside own
room rooms n Zimmer Zimmer              | inside own
forest forests m Wald Wälder            | inside
city cities f Stadt Städte              | inside
house houses n Haus Häuser              | inside landmark building own
tree trees m Baum Bäume                 | landmark building
"""

# English, German, stem if it differs | its nouns, "-" excluding some.
_ADJECTIVES = """
old alt             | person animal reading thing machine opening furniture inside \
landmark -flower -boy -girl -child
young jung          | person animal -boy -girl
small klein         | person animal food thing machine opening furniture inside landmark
big groß            | animal food thing machine opening furniture inside landmark
beautiful schön     | thing inside landmark horse bird cat -ball -forest
clever klug         | person animal
friendly freundlich | person dog cat -friend
tired müde müd      | person animal
hungry hungrig      | person animal
black schwarz       | animal coat bag car bicycle ball door
white weiß          | animal coat bag car flower door window ball bed
red rot             | coat bag car flower bicycle ball door apple
fresh frisch        | food drink
cold kalt           | drink inside -forest
new neu             | reading thing machine opening furniture house kitchen -flower
expensive teuer teur | reading thing machine furniture food
dark dunkel dunkl   | inside coat picture -city
quiet ruhig         | inside person -kitchen
"""

# English forms, what follows the verb | German forms, "/" after a separable prefix |
# subjects | frame: objects | places ("!": it always has one). "-": no such form.
_VERBS = """
sleep sleeps slept slept sleeping | schlafen schlafe schläft geschlafen hat \
| person animal | | in behind
sleep sleeps slept slept sleeping | schlafen schlafe schläft geschlafen hat \
| animal | | in under on
work works worked worked working | arbeiten arbeite arbeitet gearbeitet hat \
| person | | in
sing sings sang sung singing | singen singe singt gesungen hat \
| person bird | | in
laugh laughs laughed laughed laughing | lachen lache lacht gelacht hat \
| person | |
sit sits sat sat sitting | sitzen sitze sitzt gesessen hat \
| person cat dog bird | | in! on behind
run runs ran run running | laufen laufe läuft gelaufen ist \
| person dog cat horse | | into! in
go goes went gone going | gehen gehe geht gegangen ist \
| person | | into!
get gets got got getting up | auf/stehen stehe steht aufgestanden ist \
| person animal -bird | |
fall falls fell fallen falling asleep | ein/schlafen schlafe schläft eingeschlafen ist \
| person animal | | in
run runs ran run running away | weg/laufen laufe läuft weggelaufen ist \
| person animal -bird | |
see sees saw seen - | sehen sehe sieht gesehen hat \
| person animal | accusative: person animal thing machine building | in
find finds found found - | finden finde findet gefunden hat \
| person dog | accusative: thing reading egg -flower | in under behind
look looks looked looked looking for | suchen suche sucht gesucht hat \
| person dog | accusative: person animal thing reading bicycle -flower | in behind
love loves - - - | lieben liebe liebt - - \
| person | accusative: person animal |
know knows - - - | kennen kenne kennt - - \
| person | accusative: person |
buy buys bought bought buying | kaufen kaufe kauft gekauft hat \
| person | accusative: thing reading machine food furniture house -letter |
sell sells sold sold selling | verkaufen verkaufe verkauft verkauft hat \
| person | accusative: thing reading machine food horse cow house -letter |
eat eats ate eaten eating | essen esse isst gegessen hat \
| person | accusative: food | in
eat eats ate eaten eating | fressen fresse frisst gefressen hat \
| animal | accusative: food | in
drink drinks drank drunk drinking | trinken trinke trinkt getrunken hat \
| person | accusative: drink | in
drink drinks drank drunk drinking | trinken trinke trinkt getrunken hat \
| cat dog horse cow | accusative: milk water | in
read reads read read reading | lesen lese liest gelesen hat \
| person | accusative: reading | in
wash washes washed washed washing | waschen wasche wäscht gewaschen hat \
| person | accusative: dog horse car coat bicycle bag | behind
repair repairs repaired repaired repairing | reparieren repariere repariert repariert \
hat | person -child | accusative: machine door window table bed | in behind
call calls called called calling | an/rufen rufe ruft angerufen hat \
| person | accusative: person |
invite invites invited invited inviting | ein/laden lade lädt eingeladen hat \
| person | accusative: person |
pick picks picked picked picking up | ab/holen hole holt abgeholt hat \
| person | accusative: person letter car |
open opens opened opened opening | auf/machen mache macht aufgemacht hat \
| person | accusative: opening letter bag |
carry carries carried carried carrying | tragen trage trägt getragen hat \
| person | accusative: thing furniture child cat -coat | into!
put puts put put putting | legen lege legt gelegt hat \
| person | accusative: reading thing | onto!
lie lies - - lying | liegen liege liegt - - \
| reading thing cat dog | | on! under
help helps helped helped helping | helfen helfe hilft geholfen hat \
| person | dative: person animal | in
follow follows followed followed following | folgen folge folgt gefolgt ist \
| person animal | dative: person animal car | into
wait waits waited waited waiting for | warten warte wartet gewartet hat \
| person dog cat | auf+accusative: person | in behind
talk talks talked talked talking with | sprechen spreche spricht gesprochen hat \
| person | mit+dative: person | in
play plays played played playing with | spielen spiele spielt gespielt hat \
| person dog cat | mit+dative: child girl boy dog cat ball | in behind
play plays played played playing | spielen spiele spielt gespielt hat \
| person dog cat | | in behind
give gives gave given giving | geben gebe gibt gegeben hat \
| person | give: thing reading food |
bring brings brought brought bringing | bringen bringe bringt gebracht hat \
| person | give: thing reading food drink |
say says - - - | sagen sage sagt - - | person | that: |
think thinks - - - | denken denke denkt - - | person | that: |
know knows - - - | wissen weiß weiß - - | person | that: |
"""

# English | German | tenses | positions in English.
_ADVERBS = """
today | heute | present modal | front end
now | jetzt | present | front end
yesterday | gestern | past | front end
last week | letzte Woche | past | front end
tomorrow | morgen | modal | front end
every day | jeden Tag | habit | front end
sometimes | manchmal | habit | front middle
often | oft | habit | middle
always | immer | habit | middle
already | schon | perfect | middle
"""

PREPOSITIONS = {
    "in": Preposition("in", "in", "dative", "inside"),
    "into": Preposition("into", "in", "accusative", "inside"),
    "on": Preposition("on", "auf", "dative", "furniture"),
    "onto": Preposition("on", "auf", "accusative", "furniture"),
    "under": Preposition("under", "unter", "dative", "furniture"),
    "behind": Preposition("behind", "hinter", "dative", "landmark"),
}


def _read_nouns() -> tuple[Noun, ...]:
    nouns = []
    for forms, tags in read_rows(_NOUNS):
        forms = [*forms, forms[3]][:6]  # the other cases are like the nominative
        nouns.append(Noun(*forms, tags=frozenset([forms[0], *tags])))
    return tuple(nouns)


NOUNS = _read_nouns()


def nouns_with(words: list[str]) -> tuple[Noun, ...]:
    """The nouns that are or have one of the tags, without those after "-"."""
    wanted = {word for word in words if word[0] != "-"}
    unwanted = {word[1:] for word in words if word[0] == "-"}
    unknown = (wanted | unwanted) - frozenset().union(*(noun.tags for noun in NOUNS))
    assert not unknown, unknown
    return tuple(n for n in NOUNS if n.tags & wanted and not n.tags & unwanted)


def _read_adjectives() -> dict[Adjective, tuple[Noun, ...]]:
    return {
        Adjective(forms[0], forms[1], forms[-1]): nouns_with(said_of)
        for forms, said_of in read_rows(_ADJECTIVES)
    }


# Every adjective with its nouns.
ADJECTIVES = _read_adjectives()


def _read_verbs() -> tuple[Verb, ...]:
    verbs = []
    for english, german, subjects, frame, places in read_rows(_VERBS):
        prefix, _, infinitive = german[0].rpartition("/")
        verbs.append(
            Verb(
                *english[:4],
                ing="" if english[4] == "-" else english[4],
                particle=" ".join(english[5:]),
                prefix=prefix,
                german=infinitive,
                german_first=german[1],
                german_third=german[2],
                german_participle=german[3],
                german_auxiliary=german[4],
                frame=frame[0].rstrip(":") if frame else "",
                subjects=nouns_with(subjects),
                objects=nouns_with(frame[1:]) if frame else (),
                places=tuple(place.rstrip("!") for place in places),
                needs_place=any(place.endswith("!") for place in places),
                is_state=german[3] == "-",
            )
        )
    return tuple(verbs)


VERBS = _read_verbs()

ADVERBS = tuple(
    Adverb(" ".join(english), " ".join(german), frozenset(tenses), tuple(positions))
    for english, german, tenses, positions in read_rows(_ADVERBS)
)
