"""Names of countries besides those in Babel's data: how people, shops and mailing tools write them.

All of them are spelt as `places.key_of` spells a name: without case, accents and punctuation.
"""

from __future__ import annotations

from .base import words_of

EVERYDAY = {
    "US": "usa, america, ameryka, amerika, amerique, states, us of a, usofa, united states of america, us of america, "
    "united states us, stati uniti d america, stati uniti americani, etats unis d amerique, eeuu, eua, sua, vsa, vs, "
    "estados unidos de america, estados unidos de norteamerica, estados unidos da america, vereinigte staaten von "
    "amerika, vereinigten staaten, vereinigten staaten von amerika, verenigde staten van amerika, stany zjednoczone "
    "ameryki, stany zjednoczone ameryki polnocnej, vs amerika",
    "UM": "us minor outlying islands, united states us minor outlying islands, united states minor outlying islands",
    "GB": "uk, great britain, britain, england, scotland, wales, northern ireland, n ireland, united kingdom of great "
    "britain northern ireland, great britain northern ireland, gb eng, gb sct, gb wls, gb nir, cymru, "
    "inghilterra, scozia, galles, gran bretagna, irlanda del nord, regno unito di gran bretagna irlanda del nord, "
    "grossbritannien, vereinigtes konigreich, schottland, nordirland, grossbritannien nordirland, vereinigtes "
    "konigreich von grossbritannien nordirland, angleterre, ecosse, pays de galles, grande bretagne, irlande du nord, "
    "inglaterra, escocia, gales, pais de gales, gran bretana, irlanda del norte, engeland, schotland, noord ierland, "
    "groot brittannie, groot brittanie, gra bretanha, grao bretanha, irlanda do norte, anglia, szkocja, walia, "
    "irlandia polnocna, wielka brytania, w brytania, zjednoczone krolestwo, zjednoczone krolestwo wielkiej brytanii "
    "irlandii polnocnej, vk, reino unido",
    "NL": "holland, hollande, olanda, holanda, niederlande, kingdom of netherlands, holandia, "
    "niderlandy, niderlandow, nederlanden",
    "CZ": "czechia, czech, cechia, cekia, tschechien, tschechei, tchequie, chequia, tchequia, tsjechie, czechy, cesko",
    "SK": "slovakia, slovacchia, slowakei, slovaquie, eslovaquia, slowakije, slovakije, slowacja, slovensko",
    "RU": "russia, russland, russie, rusia, rusland, rosja, российская федерация",
    "KR": "korea, corea, coree, coreia, south korea, s korea, sud corea, republika korei, korea pld, rok, 한국",
    "KP": "dprk, north korea, n korea, nord corea, korea pln, korea dprk, coree rpd",
    "TR": "turkey, turkiye, turkei, turkiye cumhuriyeti",
    "HK": "hong kong, hongkong, hong kong china, hong kong sar, hong kong s a r, hk sar, 香港",
    "MO": "macau, macao, macau china, macao china, makau, macau sar, macao sar, macao s a r china, raem, 澳門",
    "TW": "taiwan, taiwan roc, republic of china taiwan, taiwan republic of china, taiwan r o c, chinese taipei, 臺灣",
    "CN": "prc, rpc, chrl, pr china, p r china, r p china, mainland china, china prc, vr china, chinska republika "
    "ludowa, repubblica popolare cinese, 中华人民共和国, 中國",
    "VA": "vatican, vatican city, vaticano, citta del vaticano, vatikan, vatikanstadt, vatikanstaat, vaticaan, saint "
    "siege, heiliger stuhl, holy see, holy see vatican city state, vatican city state, saint sede, saint se, stolica "
    "apostolska, panstwo watykanskie, cite du vatican, ciudad del vaticano",
    "LY": "libya, libyan arab jamahiriya",
    "MK": "former yugoslav republic of macedonia, macedonia former yugoslav republic of, ex repubblica jugoslava di "
    "macedonia, ex jugoslawische republik mazedonien, macedonia, fyrom, fyr macedonia, mazedonien, makedonien, "
    "macedoine, macedonie, macedonia del nord, macedonia del norte",
    "MD": "moldova, moldavia, moldau, moldavie, moldawien, moldova republic",
    "BY": "belarus, bielorussia, weissrussland, bielorussie, bielorrusia, wit rusland, bielorrussia, white russia, "
    "byelorussia",
    "BA": "bosnia, bosnien, bosnie, bosna, bih, bosnien u herzegowina, bosnia hercegovina",
    "CI": "ivory coast, cote divoire, costa d avorio, elfenbeinkuste, costa de marfil, ivoorkust, costa do marfim, "
    "wybrzeze kosci sloniowej, rci, wks",
    "SZ": "swaziland, eswatini, swasiland, suazilandia, suazi",
    "CV": "cape verde, capo verde, kap verde, kapverden, cap vert, kaapverdie, kaapverdische eilanden, wyspy zielonego "
    "przyladka",
    "TL": "east timor, timor est, osttimor, timor oriental, timor leste",
    "MM": "burma, myanmar, birmania, birma, birmanie",
    "PS": "palestinian territory, palestinian territories, palestinian territory occupied, palestinian authority, "
    "palestine, palestina, palastina, palastinensische gebiete, palestyna, west bank, فلسطين",
    "SY": "syria, siria, syrien, syrie",
    "LA": "laos, lao, lao pdr, lao p d r",
    "IN": "bharat",
    "IR": "iran, persia",
    "VN": "vietnam, viet nam",
    "BO": "bolivia, bolivien, bolivie",
    "VE": "venezuela",
    "TZ": "tanzania, tansania, tanzanie",
    "BN": "brunei",
    "FM": "micronesia",
    "CD": "drc, congo drc, rdc, dr congo, d r congo, dr kongo, drk, congo kinshasa, kongo kinshasa, zaire",
    "CG": "congo republic, congo brazzaville, kongo brazzaville",
    "AE": "uae, vae, eau, zea, emirates, emirati arabi, emirati, emirate, emirats, emiratos arabes, emirados arabes, "
    "emirados, emiraty arabskie, ver arab emirate, ver arabische emiraten, ee aa uu, dubai, abu dhabi, الإمارات",
    "SA": "ksa, saudi, السعودية",
    "ZA": "rsa, rpa, s africa, afryka poludniowa",
    "DE": "brd, rfa, rfn, br deutschland, west germany, deutschl, dtschl",
    "IE": "eire, southern ireland",
    "GR": "el, hellas, ellada, ελλας, hellenic republic",
    "XK": "kosovo, kosova, kosove, kosoves, kosowo, cossovo, xkx, xko, kos",
    "ES": "espana, canary islands, kanarische inseln, isole canarie, islas canarias, iles canaries, canarias, "
    "canarische eilanden, ilhas canarias, wyspy kanaryjskie, balearic islands, baleares, balearen, isole baleari, "
    "iles baleares, mallorca, ceuta, melilla",
    "PT": "azores, acores, azoren, isole azzorre, azzorre, madeira, madere, ilha da madeira, portugal continental",
    "FR": "metropolitan france, france metropolitan, france metropolitaine, france continentale, mainland france",
    "VI": "us virgin islands, virgin islands us, united states virgin islands, united states us virgin islands, usvi, "
    "islas virgenes americanas, islas virgenes de los estados unidos, islas virgenes eeuu, isole vergini americane, "
    "amerykanskie wyspy dziewicze, ilhas virgens americanas",
    "VG": "virgin islands british, bvi, isole vergini britanniche, brytyjskie wyspy dziewicze",
    "MF": "saint martin, saint martin french part, saint martin partie francaise",
    "SX": "sint maarten, saint maarten, saint martin dutch part, saint martin partie neerlandaise",
    "KN": "saint kitts, saint christopher nevis",
    "VC": "saint vincent",
    "BL": "saint barths, saint barth, saint barts",
    "AG": "antigua",
    "TT": "trinidad",
    "NZ": "aotearoa, nueva zelandia",
    "IM": "isle of man",
    "FO": "faroe islands, faeroe islands, faroes, faroe, isole faroer, ilhas feroe",
    "FK": "falklands, malvinas, falkland islands, islas malvinas",
    "GS": "south georgia, south georgia sandwich islands",
    "PF": "tahiti",
    "GF": "guyane, franzosisch guyana, guyana francesa",
    "BF": "burkina",
    "KH": "kampuchea",
    "CF": "centrafrique",
    "GN": "guinea conakry, guinee conakry",
    "WS": "western samoa",
    "LK": "ceylon",
    "LT": "lithuanie",
    "KZ": "kazajstan, kazakstan",
    "KG": "kirghizistan, kirgizstan",
    "MX": "mejico, estados unidos mexicanos",
    "PH": "filippijnen",
    "KW": "coveite",
    "SM": "rsm",
    "MC": "montecarlo, monte carlo",
    "DO": "santo domingo, saint domingue, rep dom, dom rep, dominikana",
    "UA": "ukrayina",
    "GE": "sakartvelo",
    "JP": "nippon",
    "MA": "al maghrib",
    "CH": "helvetia, confoederatio helvetica",
    "PL": "rzeczpospolita polska",
    "AL": "shqiperia, shqiperi",
    "TH": "ประเทศไทย",
    "MN": "монгол улс",
}

# Names of several countries, which the data of some languages have for one of them.
AMBIGUOUS = {
    "congo", "kongo", "konga", "конго", "virgin islands", "isole vergini", "jungferninseln", "iles vierges",
    "islas virgenes", "ilhas virgens", "maagdeneilanden", "wyspy dziewicze", "channel islands", "isole del canale",
    "kanalinseln", "iles anglo normandes", "netherlands antilles", "antille olandesi", "antilles neerlandaises",
}  # fmt: skip

# What is written with points or blanks between the letters, too.
ABBREVIATIONS = {
    "us", "usa", "uk", "uae", "vae", "eau", "eua", "eeuu", "prc", "drc", "rdc", "brd", "ksa", "rsa", "vs", "vk", "vsa",
    "sua", "fyrom", "rok", "dprk", "rsm", "zea", "rpa", "rfa", "rfn", "rci",
}  # fmt: skip

# Codes of the Olympic committees and of FIFA that are no code of ISO's.
SPORTS_CODES = {
    "ger": "DE", "sui": "CH", "ned": "NL", "den": "DK", "gre": "GR", "por": "PT", "cro": "HR", "slo": "SI",
    "bul": "BG", "lat": "LV", "rom": "RO", "eng": "GB", "sco": "GB", "wal": "GB", "nir": "GB", "chi": "CL",
    "uru": "UY", "phi": "PH", "vie": "VN", "iri": "IR", "tpe": "TW", "ngr": "NG", "alg": "DZ", "crc": "CR",
}  # fmt: skip

# What a state calls itself. A name is known without it, too: "Repubblica di San Marino", "Netherlands, Kingdom of".
FORMS = words_of(
    """
    republic repubblica republik republique republica republiek republika rep bundesrepublik bondsrepubliek
    fed federation federazione foderation federacion federatie federacao federacja
    kingdom regno konigreich royaume reino koninkrijk krolestwo
    principality principato furstentum principaute principado prinsdom ksiestwo
    confederation confederazione eidgenossenschaft confederacion confederacao konfederacja
    duchy granducato grossherzogtum duche ducado groothertogdom
    union unione unie uniao unia commonwealth sultanate sultanat sultanato emirate emirato
    state stato staat etat estado panstwo volksrepublik volksrepubliek
    """
)
# What stands beside it.
QUALIFIERS = words_of(
    """
    federal federale federala federativa federalna grand gran wielkie islamic islamica islamische islamique
    islamitische islamska arab araba arabe arabische socialist socialista sozialistische socialiste bolivarian
    bolivariana bolivariaanse plurinational plurinacional hashemite
    """
)
# Of two states of one name the one that says this of itself is another than the one that does not.
DEMOCRATIC = words_of(
    """
    democratic democratica democratico democratique demokratische democratische demokratyczna dem people peoples
    popular popolare populaire volksrepublik volksrepubliek ludowa ludowo rpd
    """
)
ISLANDS = words_of(
    """
    island islands isles isola isole insel inseln ile iles isla islas ilha ilhas eiland eilanden wyspa wyspy
    """
)
SMALL_WORDS = words_of(
    """
    of the and de del della dell dello di d da do das dos du des la le les l el los las il lo gli die der das den von
    van het und et e y en i a o os as na w ze
    """
)
# What is said of a country by what it calls itself only: "Rep. Ceca", "Confédération suisse".
ADJECTIVES = {
    "CZ": "czech ceca tschechische tcheque checa tcheca tsjechische czeska ceska",
    "SK": "slovak slovacca slowakische slovaque eslovaca slowaakse slowacka slovenska",
    "DO": "dom dominican dominicana dominikanische dominicaine dominicaanse dominikanska dominikany",
    "FR": "french francese franzosische francaise francesa franse francuska",
    "IT": "italian italiana italienische italienne italiaanse wloska",
    "PT": "portuguese portoghese portugiesische portugaise portuguesa portugese portugalska",
    "CH": "swiss svizzera schweizerische suisse suiza zwitserse szwajcarska elvetica helvetica helvetique",
    "RU": "russian russa russische russe rusa rossijskaja rosyjska",
    "KG": "kyrgyz kirghisa kirgisische kirghize kirguisa",
    "ZA": "sudafricana sudafrikanische sudafricaine surafricana",
    "HR": "hrvatska",
    "SI": "slovenija",
    "IE": "irish irlandii",
    "DE": "tedesca niemiec",
    "CG": "congo kongo konga",
}

# Places that have a code of their own, by the country that is named beside them: "Guadeloupe (France)".
PARTS_OF = {
    "CN": {"HK", "MO", "TW"},
    "FR": {"GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "WF", "PF", "NC", "TF"},
    "GB": {"GI", "IM", "JE", "GG", "BM", "KY", "FK", "VG", "TC", "MS", "AI", "SH", "PN", "IO", "GS"},
    "US": {"PR", "GU", "VI", "AS", "MP", "UM"},
    "NL": {"AW", "CW", "SX", "BQ"},
    "DK": {"FO", "GL"},
    "FI": {"AX"},
    "NO": {"SJ", "BV"},
    "AU": {"NF", "CX", "CC", "HM"},
    "NZ": {"CK", "NU", "TK"},
}
