"""The grammar of the messages, as data.

A symbol is followed by its rules: how often each is drawn, then its parts; "|"
separates rules that are drawn equally often. `<place>` is another symbol, anything else
a word. `[place North <town>]` is an entity of the type "place". "The" and titles are
not part of an entity.

The context of a name decides its type: people say and move, companies hire, places are
flooded and have mayors. Only `anything` has a context in which all are possible; there
the name's ending decides. Every sentence has one reading.
"""

# The purpose of a sentence, each as often as it is drawn.
LABELS = ("news", "news", "question", "request", "complaint")

TABLE = """
news
    5 <event> .
    3 <past> , <happening> .
    2 <quotation> said <someone> .
    1 <quotation> said <someone> , <relative> .
    2 <someone> said <report> .
    1 <company> announced <plan> .
    2 according to <organisation> <comma> <company> <business> .

question
    2 did <people> <act> ?
    1 when did <people> <act> ?
    2 will <someone> <act> <future> ?
    1 do you know <whether> ? | is it true <report> ? | who told <someone> <report> ?
    3 what do you know about <anything> ?
    1 what do you know about <described> ? | how far is it from <place> to <place> ?
    1 which bus goes from <place> to <place> <future> ? | where can I buy a <product> ?
    1 does <maker> still make the <product> ?
    1 how many people work for <organisation> in <address> ?
    1 who founded <organisation> ? | who is <someone> ?
    1 who is the mayor of <settlement> ? | who is the director of <organisation> ?

request
    3 please <task> .
    2 could you <task> ? | can you please <task> ?
    1 <task> , please . | remind me to <task> . | I would like you to <task> .
    1 I hope that you can <task> . | I want to order a <product> from <maker> .

complaint
    6 <grievance> .
    2 <grievance> and nobody told me why .
    2 why does nobody at <organisation> call me back ?
    1 why is my <product> still in <address> ?
    1 who at <organisation> has lost my letters again ?

quotation
    3 " <event> , "
    2 " <grievance> , "
    1 " I <deed> , " | " I <deed> <past> , "

report
    1 that <event>

plan
    1 that <company> <business> | that <company> <business> <past>

whether
    1 whether <event>

event
    4 <happening> | <happening> <past>
    1 <people> <life> | <company> was founded by <someone> in [date <year>]
    1 <locality> lies between <settlement> and <settlement>
    1 <locality> is the home of <someone> | everybody talked about <described>
    1 it may rain in <settlement> <future>

happening
    12 <people> <deed>
    8 <company> <business>
    4 <locality> <fate>
    2 shares of <maker> rose | shares of <maker> fell
    1 the march through <address> ended in <settlement>
    2 for <someone> <comma> <someone> was a hero
    2 after <someone> <comma> <someone> spoke in <address>
    2 in [place <town>] <comma> [place <name> <way>] was closed
    1 on the way to [place <town>] <comma> <someone> met <someone>
    6 everybody talked about <anything>

comma
    2
    1 ,

people
    12 <someone>
    2 <someone> and <someone>
    1 <someone> , <someone> and <someone>
    3 <someone> , <relative> ,
    2 <someone> , <apposition> ,
    1 the <trade> | the <trade> from <settlement> | the mayor of <settlement>
    1 the director of <organisation>

relative
    2 who <deed> | who <life>
    1 who <deed> <past>

apposition
    2 the director of <organisation>
    1 a <trade> from <settlement> | the mayor of <settlement>

someone
    8 [person <first> <surname>]
    6 [person <surname>]
    4 [person <first>]
    2 <title> [person <surname>]
    1 <title> [person <common>] | [person <common>]

title
    1 Mr | Mrs | Doctor | Captain

common
    1 Baker | Cook | Hunter | Fisher | Miller | Potter | Carter

trade
    1 baker | cook | hunter | fisher | miller | potter | carter

surname
    5 <person-name>
    2 <place-name>
    1 <organisation-name>

deed
    3 moved from <place> to <place> | met <someone> in <address>
    2 moved to <place> | visited <place> with <someone>
    2 worked for <organisation> in <address> | resigned from <organisation>
    1 phoned <someone> | retired | won a prize in <settlement>
    2 married <someone> in <settlement>
    1 lost a bicycle in <address> | mended the doorbell | planted a walnut
    5 wrote a book about <anything>
    2 bought a <product> from <maker>
    1 bought a teapot in <address> | painted a rose in the orchard
    2 sold <someone> a <product> | showed <someone> <place>
    1 got a letter from <someone> | took the bus from <place> to <place>
    1 paid a bill from <organisation>

life
    1 joined <organisation> in [date <year>] | was born in <settlement> in [date <year>]
    1 wrote a book about <described>

act
    1 move to <place> | meet <someone> in <address> | visit <place> | phone <someone>
    1 work for <organisation> | marry <someone> in <settlement>
    1 buy a <product> | show <someone> <place> | pay the bill from <organisation>

anything
    1 [person <person-name>] | [place <place-name>]
    1 [organisation <organisation-name>] | [product <product-name>]

described
    1 [person <surname>] , <relative> | [place <town>] , <where>
    1 [organisation <firm>] , <which>

settlement
    10 [place <town>]
    1 [place North <town>] | [place South <town>] | the village of [place <town>]

address
    6 <settlement>
    1 [place <name> <way>]

place
    6 <settlement>
    1 [place <name> <way>] | [place Lake <town>] | the [place <town> Valley]

locality
    6 <settlement>
    1 <settlement> , <where> , | <settlement> , where <someone> was born ,

where
    1 which lies near <place>

town
    5 <place-name>
    2 <person-name>
    1 <organisation-name> | Orchard | Thistle

way
    1 Street | Road | Square | Lane

name
    1 <person-name> | <place-name>

fate
    1 was flooded | lost its only school | got a new mayor | opened a theatre

organisation
    3 <maker>
    1 <institution>

maker
    10 [organisation <firm>]
    3 [organisation <firm> and Sons] | [organisation <firm> and Daughters]
    1 [organisation <firm> Motors] | [organisation <firm> Foods]
    1 [organisation <firm> Press] | [organisation <firm> Railways]

institution
    2 the [organisation Bank of <town>] | the [organisation University of <town>]
    2 the [organisation <town> Museum] | the [organisation <town> Town Council]
    1 the [organisation <first> <surname> School]
    1 the [organisation Society of <crafts>]

crafts
    1 Bakers | Hunters | Potters | Bakers and Millers | Cooks and Fishers

company
    10 <organisation>
    2 <organisation> and <organisation> | <maker> , <which> ,

which
    2 which makes <goods>
    1 which was founded by <someone> | which hired <number> people in <address>

goods
    1 kettles | bicycles | umbrellas | lamps

firm
    6 <organisation-name>
    3 <person-name>
    1 <place-name> | <product-name> | Teapot | Walnut | Doorbell

business
    2 hired <number> people in <address> | hired <number> <craftsmen>
    2 opened an office in <settlement> | closed its office in <address>
    2 bought <maker> | made <someone> its new director
    1 stopped using the <product> | praised the <product>
    1 moved its office from <place> to <place>

craftsmen
    1 bakers | millers | potters | cooks

product
    4 [product <brand> <model>] | [product <brand>]
    1 [product <brand> Mini] | [product <brand> Deluxe]

brand
    6 <product-name>
    2 <organisation-name>
    1 <person-name>

model
    1 3 | 4 | 5 | 7 | 20 | 40 | 100 | 300

number
    1 12 | 20 | 40 | 48 | 60 | 100 | 150 | 300

past
    3 on [date <weekday>]
    2 on [date <day> <month>] | in [date <month>]
    1 on [date <month> <day>] | on [date <weekday> <day> <month>]
    1 in [date <month> <year>] | in [date <year>] | [date last <weekday>]
    1 [date yesterday] | [date last week] | [date last month]

future
    3 on [date <weekday>]
    2 on [date <day> <month>] | in [date <month>] | [date tomorrow]
    1 on [date <month> <day>] | [date next <weekday>] | [date next week]

weekday
    1 Monday | Tuesday | Wednesday | Thursday | Friday | Saturday | Sunday

month
    1 January | February | March | April | May | June | July | August | September
    1 October | November | December

day
    1 1 | 2 | 4 | 7 | 9 | 12 | 15 | 18 | 20 | 23 | 28 | 30

year
    1 1998 | 2003 | 2007 | 2011 | 2014 | 2018 | 2020

task
    2 call <someone> <future>
    1 book a room in <address> for [date <day> <month>]
    2 send the <product> to <someone> in <address>
    1 order <number> <goods> from <maker> | mark [date <day> <month>] in my calendar
    1 tell <someone> <report> | ask <someone> <whether>
    1 cancel my order from <maker> | write to <maker> about the <product>
    4 invite <guests> to <place>
    1 show <someone> <place>
    4 find out more about <anything>
    1 pay the bill from <organisation>
    1 drive <someone> from <place> to <place> <future>

guests
    4 <friend> <friend> and <friend>
    1 <friend> , <friend> and <friend>

friend
    2 [person <first>]
    1 [person <first> <surname>]

grievance
    2 I am still waiting for the <product> that I ordered from <maker> <past>
    1 my <product> stopped working <past> | my <product> from <maker> never worked
    1 <maker> sent me the wrong <product> <past>
    1 <maker> sent my <product> to <someone> in <address>
    1 nobody at <organisation> answers my letters
    1 I paid <maker> for a <product> and got a teapot
    1 the bus from <place> to <place> was late again <past>
    1 <someone> at <organisation> promised me a <product> <past>
    1 I told <someone> about my bill <past> and nothing happened
    1 <organisation> has lost my letter again
"""
